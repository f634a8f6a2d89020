// To whom nginx hands requests.
#pragma once

#include <set>
#include <string>

#include "doctor/nginx_scope.hpp"

namespace chat {

// The upstream of that name; null when the name is an address.
const NginxDirective* find_upstream(const NginxBlock& config, const std::string& name);

// The addresses to which the location hands requests: "unix:/run/chat/chat.sock".
std::set<std::string> addresses_of(const NginxBlock& config, const NginxScope& scope);

}  // namespace chat
