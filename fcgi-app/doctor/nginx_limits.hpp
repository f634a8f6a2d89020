// nginx's limits of requests and connections, against what one page of one person needs.
#pragma once

#include "doctor/finding.hpp"
#include "doctor/nginx_scope.hpp"

namespace chat {

// Of the server that this location of /messages is in, for it and for the files beside it.
void check_limits(const NginxScope& messages, Findings& findings);

}  // namespace chat
