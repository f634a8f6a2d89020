#include "config.hpp"

#include <boost/program_options.hpp>
#include <cstdint>
#include <fstream>
#include <limits>
#include <sstream>

namespace chat {
namespace {

namespace po = boost::program_options;

// A number with its range: boost alone would wrap a negative one around.
struct NumberOption {
  const char* name;
  std::int64_t default_value;
  std::int64_t least;
  std::int64_t most;
  const char* description;
};

constexpr std::int64_t kib = 1024;
constexpr std::int64_t mib = 1024 * kib;

constexpr NumberOption number_options[] = {
    {"max-polls", 10'000, 1, 1'000'000, "polls that may wait here; one more is answered 503"},
    {"max-connections", 12'000, 1, 1'000'000,
     "connections from the web server; one more is answered 503"},
    {"io-timeout-ms", 10'000, 100, 100'000,
     "how long a request may take to arrive, and an answer to be taken"},
    {"look-interval-ms", 1000, 50, 60'000, "how often to look for news when no notification comes"},
    {"window-messages", 10'000, 0, 10'000'000, "newest messages kept in memory"},
    {"window-bytes", 16 * mib, 0, 4096 * mib, "bodies of the newest messages kept in memory"},
    {"page-bytes", 256 * kib, 10 * kib, 64 * mib, "size of one answer; the rest is the next page"},
    {"shared-pages-bytes", 16 * mib, 0, 4096 * mib,
     "answers kept for readers who ask for the same, until news comes"},
    {"readers", 2, 1, 64, "threads, and database connections, that read older messages"},
    {"max-queued-reads", 1000, 1, 1'000'000,
     "reads that may wait for a reader, not counting polls"},
    {"batch-messages", 500, 1, 10'000, "messages and changes written in one call"},
    {"max-queued-posts", 10'000, 1, 1'000'000, "messages and changes that may wait to be written"},
    {"append-retry-ms", 3000, 0, 60'000,
     "how long to keep trying to store messages while the database is out of reach"},
    {"append-timeout-ms", 20'000, 1000, 100'000,
     "how long to wait for a database that does not answer, before a message gets 503"},
    {"locked-message-ms", 3000, 0, 30'000,
     "how long a change waits for a message that is locked in the database"},
    {"stream-quiet-ms", 15'000, 1000, 45'000,
     "how long a stream is silent before it says that it is alive; up to a third longer"},
    {"stream-age-ms", 1'800'000, 1000, 86'400'000,
     "how long a stream lasts before its client has to come back; up to twice as long"},
    {"stream-stall-ms", 60'000, 1000, 100'000,
     "how long a stream's client may take nothing before it is cut off"},
    {"search-interval-ms", 500, 0, 60'000,
     "how often the search index is filled; 0: never by this worker"},
    {"store-probe-ms", 10'000, 1000, 3'600'000,
     "how long without a message until the database is asked whether it could store one"},
    {"log-repeat-ms", 60'000, 100, 3'600'000,
     "time between two log lines about a failure that goes on"},
};

const char* const log_levels = "error, warning, info, debug";

po::options_description settings() {
  po::options_description options("Settings");
  auto add = options.add_options();
  add("listen", po::value<std::string>()->default_value(""),
      "path of a unix socket to create and listen on; without it standard input is the listening "
      "socket");
  add("database", po::value<std::string>()->default_value(""),
      "PostgreSQL connection string or URI; without it libpq's defaults and PG* variables");
  add("scoreboard", po::value<std::string>()->default_value(""),
      "path of a file in which the workers of this host count together; without it each counts "
      "alone");
  add("log-level", po::value<std::string>()->default_value("info"), log_levels);
  for (const NumberOption& option : number_options) {
    add(option.name, po::value<std::string>()->default_value(std::to_string(option.default_value)),
        option.description);
  }
  return options;
}

po::options_description commands() {
  po::options_description options("Commands");
  auto command = options.add_options();
  command("help", "show this text");
  command("version", "show the version");
  command("config", po::value<std::string>(), "file of settings, one name = value on each line");
  command("check",
          "say what is wrong with the settings, the database and nginx; status 0: nothing, 1: "
          "something, 2: could not be checked");
  command("nginx-config", po::value<std::string>(),
          "for --check: file with what nginx -T printed, or - for standard input");
  return options;
}

// CHAT_MAX_POLLS is max-polls; other variables with that beginning are nobody's error.
std::string setting_of_variable(const std::string& variable) {
  constexpr std::string_view prefix = "CHAT_";
  if (!variable.starts_with(prefix)) return {};
  std::string name = variable.substr(prefix.size());
  for (char& c : name) c = c == '_' ? '-' : static_cast<char>(c | 0x20);
  static const po::options_description known = settings();
  return known.find_nothrow(name, false) == nullptr ? std::string() : name;
}

// Boost ends a value at any #, which would make another password of a password. White space before
// it makes a comment of it, unless that is a part of the value itself, as in `a\ #b`.
bool cuts_value(std::string_view line) {
  const std::string_view before = line.substr(0, line.find('#'));
  const std::size_t last = before.find_last_not_of(" \t");
  if (before.size() == line.size() || last == std::string_view::npos) return false;
  return last + 1 == before.size() || before[last] == '\\';
}

// The file's text, in which every # begins a comment.
std::stringstream text_of(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw ConfigError("--config: " + path + " cannot be read");
  std::stringstream text;
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    if (cuts_value(line)) {
      throw ConfigError(path + ", line " + std::to_string(number) +
                        ": a # cannot stand inside of a value. A comment needs white space before "
                        "it; in a password write %23 in a postgresql:// URI, or use passfile=");
    }
    text << line << '\n';
  }
  if (file.bad()) throw ConfigError("--config: " + path + " cannot be read");
  return text;
}

void read_file(const std::string& path, po::variables_map& values) {
  std::stringstream text = text_of(path);
  try {
    po::store(po::parse_config_file(text, settings()), values);
  } catch (const po::error& error) {
    throw ConfigError(path + ": " + error.what());
  }
}

LogLevel log_level_of(const std::string& name) {
  if (name == "error") return LogLevel::error;
  if (name == "warning") return LogLevel::warning;
  if (name == "info") return LogLevel::info;
  if (name == "debug") return LogLevel::debug;
  throw ConfigError("--log-level: " + name + " is none of " + log_levels);
}

std::int64_t number_of(const po::variables_map& values, const std::string& name) {
  for (const NumberOption& option : number_options) {
    if (name != option.name) continue;
    const std::string& text = values[name].as<std::string>();
    std::istringstream stream(text);
    std::int64_t number = 0;
    if (!(stream >> number) || !stream.eof() || number < option.least || number > option.most) {
      throw ConfigError("--" + name + ": " + text + " is not a whole number from " +
                        std::to_string(option.least) + " to " + std::to_string(option.most));
    }
    return number;
  }
  throw std::logic_error("no row for the option " + name);
}

Config config_of(const po::variables_map& values) {
  const auto count = [&](const char* name) {
    return static_cast<std::size_t>(number_of(values, name));
  };
  const auto time = [&](const char* name) {
    return std::chrono::milliseconds{number_of(values, name)};
  };
  Config config;
  config.listen_path = values["listen"].as<std::string>();
  config.database = values["database"].as<std::string>();
  config.scoreboard_path = values["scoreboard"].as<std::string>();
  config.log_level = log_level_of(values["log-level"].as<std::string>());
  config.max_polls = count("max-polls");
  config.max_connections = count("max-connections");
  config.io_timeout = time("io-timeout-ms");
  config.look_interval = time("look-interval-ms");
  config.window_messages = count("window-messages");
  config.window_bytes = count("window-bytes");
  config.page_bytes = count("page-bytes");
  config.shared_pages_bytes = count("shared-pages-bytes");
  config.readers = count("readers");
  config.max_queued_reads = count("max-queued-reads");
  config.batch_messages = count("batch-messages");
  config.max_queued_posts = count("max-queued-posts");
  config.append_retry = time("append-retry-ms");
  config.append_timeout = time("append-timeout-ms");
  config.locked_message = time("locked-message-ms");
  config.stream_quiet = time("stream-quiet-ms");
  config.stream_age = time("stream-age-ms");
  config.stream_stall = time("stream-stall-ms");
  config.search_interval = time("search-interval-ms");
  config.store_probe = time("store-probe-ms");
  config.log_repeat = time("log-repeat-ms");
  return config;
}

}  // namespace

CommandLine parse_command_line(const std::vector<std::string>& arguments) {
  po::options_description all;
  all.add(settings()).add(commands());
  po::variables_map values;
  try {
    // No positional arguments, and no abbreviations that a later option could make ambiguous.
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(arguments)
                  .options(all)
                  .style(style)
                  .positional(po::positional_options_description())
                  .run(),
              values);
    if (values.count("help") != 0) return {CommandLine::Action::show_help, {}, {}};
    if (values.count("version") != 0) return {CommandLine::Action::show_version, {}, {}};
    po::store(po::parse_environment(settings(), setting_of_variable), values);
  } catch (const po::error& error) {
    throw ConfigError(error.what());
  }
  if (values.count("config") != 0) read_file(values["config"].as<std::string>(), values);
  if (values.count("check") == 0) {
    if (values.count("nginx-config") != 0) throw ConfigError("--nginx-config goes with --check");
    return {CommandLine::Action::serve, config_of(values), {}};
  }
  return {
      CommandLine::Action::check, config_of(values),
      values.count("nginx-config") == 0 ? std::string() : values["nginx-config"].as<std::string>()};
}

std::string help_text() {
  std::ostringstream text;
  text << "Usage: chat-worker [--config FILE] [--listen PATH] [--database CONNINFO] [settings]\n\n"
       << "Answers /messages, and /healthz, /metrics and /status, over FastCGI. "
       << "A setting may stand on the command line, in\n"
       << "the environment (CHAT_MAX_POLLS for --max-polls) or in the file, in that order.\n\n"
       << commands() << '\n'
       << settings();
  return text.str();
}

}  // namespace chat
