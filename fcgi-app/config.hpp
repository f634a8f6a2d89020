// The worker's settings: one row each in config.cpp, with its default and unit.
#pragma once

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "log.hpp"

namespace chat {

struct Config {
  std::string listen_path;      // empty: standard input is the listening socket
  std::string database;         // libpq connection string or URI; empty: libpq's own defaults
  std::string scoreboard_path;  // empty: each worker counts for itself alone
  LogLevel log_level = LogLevel::info;

  std::size_t max_polls = 0;
  std::size_t max_connections = 0;
  std::chrono::milliseconds io_timeout{};
  std::chrono::milliseconds look_interval{};
  std::size_t window_messages = 0;
  std::size_t window_bytes = 0;
  std::size_t page_bytes = 0;
  std::size_t shared_pages_bytes = 0;
  std::size_t readers = 0;
  std::size_t max_queued_reads = 0;
  std::size_t batch_messages = 0;
  std::size_t max_queued_posts = 0;
  std::chrono::milliseconds append_retry{};
  std::chrono::milliseconds append_timeout{};
  std::chrono::milliseconds locked_message{};
  std::chrono::milliseconds stream_quiet{};
  std::chrono::milliseconds stream_age{};
  std::chrono::milliseconds stream_stall{};
  std::chrono::milliseconds search_interval{};
  std::chrono::milliseconds store_probe{};
  std::chrono::milliseconds log_repeat{};
};

// A setting that cannot be used; `what()` names the option.
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct CommandLine {
  enum class Action { serve, check, show_help, show_version };
  Action action = Action::serve;
  Config config;
  std::string nginx_config_path;  // for check; empty: nginx is not looked at
};

// The command line wins over the environment (CHAT_MAX_POLLS for --max-polls), which wins over the
// file of --config (max-polls = 5000). Throws ConfigError.
CommandLine parse_command_line(const std::vector<std::string>& arguments);

std::string help_text();

}  // namespace chat
