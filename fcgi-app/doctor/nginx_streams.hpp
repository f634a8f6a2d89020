// What nginx's configuration does to streams of events.
#pragma once

#include "doctor/finding.hpp"
#include "doctor/nginx_scope.hpp"

namespace chat {

// The location that hands /messages to a worker.
void check_streams(const NginxScope& scope, Findings& findings);

// Servers of the same nginx that hand requests on to another one, the chat's perhaps.
void check_proxied_streams(const NginxBlock& config, Findings& findings);

}  // namespace chat
