// Which location of a server nginx chooses for a path.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "doctor/nginx_config.hpp"

namespace chat {

// Its block and those of the locations around it, the outermost first; empty when none fits.
// Patterns are compared as POSIX knows them; one that it does not know fits nothing.
std::vector<const NginxBlock*> location_of(const NginxBlock& server, const std::string& path);

// Paths that locations of the server name and that end so, nested ones too.
std::set<std::string> paths_ending_in(const NginxBlock& server, const std::string& end);

}  // namespace chat
