// chat-worker --check: says in plain sentences what is wrong with an installation.
#pragma once

#include <iosfwd>
#include <string>

#include "config.hpp"

namespace chat {

// For scripts.
enum class CheckStatus { fine = 0, problems = 1, could_not_check = 2 };

// Looks at the settings, the database and, when `nginx_config_path` is not empty, at what `nginx
// -T` printed there ("-" is standard input). Changes nothing.
CheckStatus check_installation(const Config& config, const std::string& nginx_config_path,
                               std::ostream& out);

}  // namespace chat
