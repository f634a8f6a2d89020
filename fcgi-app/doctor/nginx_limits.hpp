// nginx's limits of requests and connections, against what one page of one person needs.
#pragma once

#include "doctor/finding.hpp"
#include "doctor/nginx_config.hpp"

namespace chat {

void check_limits(const NginxBlock& config, Findings& findings);

}  // namespace chat
