// Who may see the operator's pages, and whose address a request is taken to have.
#pragma once

#include <vector>

#include "doctor/finding.hpp"
#include "doctor/nginx_scope.hpp"

namespace chat {

// What tells about the host is for the host alone. `chat` are the locations of /messages: pages of
// others are none of our business.
void check_operators_pages(const NginxBlock& config, const std::vector<NginxScope>& chat,
                           Findings& findings);

// Whether the addresses by which nginx limits and lets in are those of clients. For a location that
// hands requests to workers.
void check_addresses(const NginxBlock& config, const NginxScope& scope, Findings& findings);

}  // namespace chat
