// Who a worker is told is speaking, and what it takes for the same request.
#pragma once

#include "doctor/finding.hpp"
#include "doctor/nginx_scope.hpp"

namespace chat {

// REQUEST_ID and REMOTE_USER, in a location that hands requests to workers.
void check_identity(const NginxScope& scope, Findings& findings);

}  // namespace chat
