// What runs on this host: the socket that nginx is told to use, the workers behind it, nginx.
#pragma once

#include <cstddef>
#include <string>

#include "doctor/finding.hpp"
#include "doctor/nginx_config.hpp"

namespace chat {

// Looks at each socket to which nginx hands /messages, and asks a worker there for its health: one
// request, answered within 5 s or given up. `listen_path` is where the settings let workers listen;
// empty: where systemd says.
void check_sockets(const NginxBlock& config, const std::string& listen_path, Findings& findings);

// Whether the process that the configuration's pid file names is there.
void check_nginx_runs(const NginxBlock& config, Findings& findings);

// Workers that systemd is told to start on this host; 1 when there is no such thing.
std::size_t count_of_workers();

}  // namespace chat
