// What of nginx's configuration would keep the chat from working as it should.
#pragma once

#include <cstddef>

#include "doctor/finding.hpp"
#include "doctor/nginx_config.hpp"

namespace chat {

// `max_polls` is the worker's own limit.
Findings check_nginx(const NginxBlock& config, std::size_t max_polls);

}  // namespace chat
