#include "doctor/running_checks.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "doctor/nginx_upstream.hpp"
#include "doctor/socket_probe.hpp"

namespace chat {
namespace {

constexpr const char* usual_pid_file = "/run/nginx.pid";
constexpr const char* enabled_workers = "/etc/systemd/system/chat.target.wants";
constexpr std::string_view unix_prefix = "unix:";

// The unix sockets of those upstreams that /messages is handed to.
std::set<std::string> sockets_of(const NginxBlock& config) {
  std::set<std::string> paths;
  for (const NginxScope& scope : NginxScope::handing_over(config, "/messages")) {
    for (const std::string& address : addresses_of(config, scope)) {
      if (address.starts_with(unix_prefix)) paths.insert(address.substr(unix_prefix.size()));
    }
  }
  return paths;
}

void check_path(const std::string& listen_path, const std::set<std::string>& paths,
                Findings& findings) {
  const bool same = std::any_of(paths.begin(), paths.end(), [&](const std::string& path) {
    std::error_code ignored;
    return path == listen_path || std::filesystem::equivalent(path, listen_path, ignored);
  });
  if (listen_path.empty() || same) return;
  add_problem(findings, "The workers listen at " + listen_path + " (listen), but nginx hands " +
                            "requests to " + *paths.begin() +
                            ": they never get one. Write the same path in both.");
}

// False when nobody could get through it, whatever its mode.
bool check_socket_file(const std::string& path, Findings& findings) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    add_problem(findings,
                "nginx hands requests to " + path + ", which " +
                    (errno == EACCES ? "cannot be looked at from here: " : "is not there: ") +
                    std::strerror(errno) +
                    ". Does chat.socket run (systemctl start chat.socket), and does its "
                    "ListenStream name the same path as nginx's upstream?");
    return false;
  }
  if (!S_ISSOCK(status.st_mode)) {
    add_problem(findings, path + ", to which nginx hands requests, is no socket.");
    return false;
  }
  return true;
}

void check_who_may_connect(const std::string& path, const std::string& user, Findings& findings) {
  if (everybody_may_connect(path)) {
    add_problem(findings, "Everybody on this host may write to " + path +
                              ", and who does can speak as any user: SocketMode=0660 in "
                              "chat.socket.");
  } else if (!user.empty() && !may_connect(user, path)) {
    add_problem(findings, "nginx runs as " + user + ", which may not connect to " + path +
                              ": every request becomes a 502. SocketGroup= in chat.socket is the "
                              "group of nginx, SocketMode=0660.");
  }
}

void check_worker(const std::string& path, Findings& findings) {
  const ProbeResult result = ask_for_health(path);
  switch (result.outcome) {
    case ProbeResult::Outcome::healthy:
      return;
    case ProbeResult::Outcome::not_allowed:
      add_advice(findings, "This user may not connect to " + path +
                               ", so the workers were not asked: run the doctor as chat or root.");
      return;
    case ProbeResult::Outcome::refused:
      add_problem(findings, "Nobody listens on " + path +
                                ", to which nginx hands requests: systemctl restart chat.socket "
                                "chat.target.");
      return;
    case ProbeResult::Outcome::silent:
      add_problem(findings, "No worker answers on " + path +
                                " within 5 s: systemctl status 'chat-worker@*'.");
      return;
    case ProbeResult::Outcome::ill:
      break;
  }
  add_problem(findings, "A worker says of itself: " + result.words);
}

}  // namespace

void check_sockets(const NginxBlock& config, const std::string& listen_path, Findings& findings) {
  const std::string user = argument_of(find_directive(config, "user"), "");
  const std::set<std::string> paths = sockets_of(config);
  if (!paths.empty()) check_path(listen_path, paths, findings);
  for (const std::string& path : paths) {
    if (!check_socket_file(path, findings)) continue;
    check_who_may_connect(path, user, findings);
    check_worker(path, findings);
  }
}

void check_nginx_runs(const NginxBlock& config, Findings& findings) {
  const std::string path = argument_of(find_directive(config, "pid"), usual_pid_file);
  if (!path.starts_with('/')) return;  // below a prefix that the configuration does not say
  std::ifstream file(path);
  pid_t process = 0;
  const bool runs = (file >> process) && process > 0 && (kill(process, 0) == 0 || errno == EPERM);
  if (runs) return;
  add_problem(findings,
              "nginx does not run (" + path + " names no process): systemctl start nginx.");
}

std::size_t count_of_workers() {
  std::error_code ignored;
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(enabled_workers, ignored)) {
    if (entry.path().filename().string().starts_with("chat-worker@")) ++count;
  }
  return count == 0 ? 1 : count;
}

}  // namespace chat
