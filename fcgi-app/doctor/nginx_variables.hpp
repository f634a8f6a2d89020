// Where the values of nginx's variables come from.
#pragma once

#include <set>
#include <string>

#include "doctor/nginx_scope.hpp"

namespace chat {

// The variables, without "$", that decide what `text` becomes in this place: followed through map,
// set and auth_request_set to those that nginx makes itself.
std::set<std::string> sources_of(const NginxScope& scope, const std::string& text);

// One of those whose value a client chooses freely.
bool is_said_by_client(const std::string& variable);

}  // namespace chat
