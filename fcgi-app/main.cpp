// chat-worker: answers /messages over FastCGI, or checks its installation. See docs/architecture.md
// for the map.

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "doctor/doctor.hpp"
#include "failure_log.hpp"
#include "worker.hpp"

namespace chat {
namespace {

// Beside the web server's connections: the database, the logs, the loop.
constexpr rlim_t spare_descriptors = 64;

// Each poll is a descriptor. Raises the soft limit to the hard one, and says so when even that is
// less than the settings allow.
void raise_descriptor_limit(Config& config) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t allowed_now = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = allowed_now;
  if (limit.rlim_cur == RLIM_INFINITY) return;
  const std::size_t usable = limit.rlim_cur - std::min(limit.rlim_cur, spare_descriptors);
  if (config.max_connections <= usable) return;
  log_warning("fewer connections than configured", {{"max_connections", std::to_string(usable)},
                                                    {"reason", "the limit of open descriptors"}});
  config.max_connections = usable;
}

// Threads that hang in a database which does not answer cannot be ended; the process can.
// Everything that was under way has been answered, or its time was up, when this is called.
void exit_soon() {
  // Whoever asks again, because stopping takes a moment, must not spoil the exit status.
  std::signal(SIGTERM, SIG_IGN);
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGALRM, [](int) { _exit(EXIT_SUCCESS); });
  alarm(1);
}

int serve(Config config) {
  set_log_level(config.log_level);
  failure_log().set_interval(config.log_repeat);
  raise_descriptor_limit(config);
  Listener listener = config.listen_path.empty() ? Listener::from_standard_input()
                                                 : Listener::at_path(config.listen_path);
  hold_stop_signals();
  initialize_fastcgi();
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGUSR1, SIG_DFL);

  Scoreboard scoreboard(config.scoreboard_path);
  count_in(scoreboard.own());
  Worker worker(config, std::move(listener), scoreboard);
  log_info("started", {{"version", CHAT_VERSION},
                       {"max_polls", std::to_string(config.max_polls)},
                       {"max_connections", std::to_string(config.max_connections)}});
  const bool finished = worker.run();
  exit_soon();
  log_info("stopped", {{"finished", finished ? "yes" : "no"}});
  return EXIT_SUCCESS;
}

int run(const std::vector<std::string>& arguments) {
  const CommandLine command_line = parse_command_line(arguments);
  switch (command_line.action) {
    case CommandLine::Action::show_help:
      std::cout << help_text();
      return EXIT_SUCCESS;
    case CommandLine::Action::show_version:
      std::cout << "chat-worker " CHAT_VERSION "\n";
      return EXIT_SUCCESS;
    case CommandLine::Action::check:
      return static_cast<int>(
          check_installation(command_line.config, command_line.nginx_config_path, std::cout));
    case CommandLine::Action::serve:
      break;
  }
  return serve(command_line.config);
}

}  // namespace
}  // namespace chat

int main(int argc, char** argv) {
  try {
    return chat::run({argv + 1, argv + argc});
  } catch (const chat::ConfigError& error) {
    std::cerr << "chat-worker: " << error.what() << "\nTry chat-worker --help.\n";
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "chat-worker: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
