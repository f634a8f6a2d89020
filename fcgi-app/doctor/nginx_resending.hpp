// What becomes of a request whose worker dies.
#pragma once

#include "doctor/finding.hpp"
#include "doctor/nginx_scope.hpp"

namespace chat {

// For a location that hands requests to workers.
void check_resending(const NginxScope& scope, Findings& findings);

// For the upstream that it hands them to.
void check_servers(const NginxDirective& upstream, Findings& findings);

}  // namespace chat
