#include "doctor/doctor.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "doctor/database_checks.hpp"
#include "doctor/nginx_checks.hpp"
#include "doctor/running_checks.hpp"
#include "postgres/conninfo.hpp"

namespace chat {
namespace {

// Of a worker, beside its readers: one that stores and one that listens.
constexpr std::size_t other_connections = 2;

const char* heading_of(Finding::Kind kind) {
  switch (kind) {
    case Finding::Kind::good:
      return "good     ";
    case Finding::Kind::advice:
      return "advice   ";
    case Finding::Kind::problem:
      break;
  }
  return "PROBLEM  ";
}

// Throws NginxConfigError.
std::string read_nginx_config(const std::string& path) {
  std::ifstream file;
  if (path != "-") file.open(path);
  std::ostringstream text;
  // Fails as well when there is nothing to read, and for a directory, which can be opened.
  if (!file || !(text << (path == "-" ? std::cin : file).rdbuf())) {
    throw NginxConfigError(path + " is empty or cannot be read");
  }
  return text.str();
}

Findings check_own_limits(const Config& config) {
  Findings findings;
  if (config.max_connections < config.max_polls) {
    add_problem(findings, "max-connections (" + std::to_string(config.max_connections) +
                              ") is less than max-polls (" + std::to_string(config.max_polls) +
                              "), but every poll is a connection.");
  }
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < config.max_connections) {
    add_problem(findings, "A process started from here may open " + std::to_string(limit.rlim_max) +
                              " descriptors, fewer than max-connections (" +
                              std::to_string(config.max_connections) +
                              "): raise LimitNOFILE of the service, or ulimit -n.");
  }
  if (findings.empty()) add_good(findings, "The settings fit together.");
  return findings;
}

Findings check_configured_database(const Config& config) {
  try {
    return check_database(inspect_database(with_default_timeouts(config.database)),
                          count_of_workers(), config.readers + other_connections);
  } catch (const std::invalid_argument& error) {
    throw ConfigError(std::string("--database: ") + error.what());
  }
}

void append(Findings& findings, Findings more) {
  std::move(more.begin(), more.end(), std::back_inserter(findings));
}

Findings check_installed_nginx(const NginxBlock& nginx, const Config& config) {
  Findings findings = check_nginx(nginx, config.max_polls);
  check_sockets(nginx, config.listen_path, findings);
  check_nginx_runs(nginx, findings);
  return findings;
}

}  // namespace

CheckStatus check_installation(const Config& config, const std::string& nginx_config_path,
                               std::ostream& out) {
  Findings findings = check_own_limits(config);
  append(findings, check_configured_database(config));
  bool read = true;
  if (!nginx_config_path.empty()) {
    try {
      const std::string text = read_nginx_config(nginx_config_path);
      append(findings, check_installed_nginx(parse_nginx_config(text), config));
    } catch (const NginxConfigError& error) {
      read = false;
      add_problem(findings, std::string("The nginx configuration could not be checked: ") +
                                error.what() + '.');
    }
  }
  for (const auto& [kind, sentence] : findings) out << heading_of(kind) << sentence << '\n';
  if (!read) return CheckStatus::could_not_check;
  const bool wrong = std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.kind == Finding::Kind::problem;
  });
  return wrong ? CheckStatus::problems : CheckStatus::fine;
}

}  // namespace chat
