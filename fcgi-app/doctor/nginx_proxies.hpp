// Another proxy in front of the chat, as far as nginx's configuration shows it.
#pragma once

#include "doctor/nginx_scope.hpp"

namespace chat {

// It is reached from its own host alone: by a proxy there, if anybody is to come.
bool listens_locally_only(const NginxScope& scope);

// One of its ports takes the PROXY protocol.
bool takes_proxy_protocol(const NginxScope& scope);

// Another server or a stream of the same nginx hands requests to this one.
bool is_behind_own_proxy(const NginxBlock& config, const NginxScope& scope);

// The client's address takes the place of a proxy's on this host (set_real_ip_from).
bool believes_local_proxy(const NginxScope& scope);

// The location refuses what headers, or real_ip, show to have come through a proxy.
bool refuses_what_was_proxied(const NginxScope& scope);

}  // namespace chat
