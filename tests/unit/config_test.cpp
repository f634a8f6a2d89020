#include "config.hpp"

#include <cstdlib>

#include "catch.hpp"
#include "temporary_directory.hpp"

using namespace chat;
using namespace chat::test;
using namespace std::string_literals;
using std::chrono::milliseconds;

namespace {

// Set for the length of a test.
class Variable {
 public:
  Variable(std::string name, const std::string& value) : name_(std::move(name)) {
    setenv(name_.c_str(), value.c_str(), 1);
  }
  ~Variable() { unsetenv(name_.c_str()); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  std::string name_;
};

Config parse(const std::vector<std::string>& arguments) {
  return parse_command_line(arguments).config;
}

// What the operator reads; empty when the settings are accepted.
std::string refusal_of(const std::vector<std::string>& arguments) {
  try {
    parse(arguments);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return {};
}

bool names(const std::string& sentence, const std::string& word) {
  return sentence.find(word) != std::string::npos;
}

const std::vector<std::string> number_settings = {
    "max-polls",         "max-connections", "io-timeout-ms",    "look-interval-ms",
    "window-messages",   "window-bytes",    "page-bytes",       "readers",
    "max-queued-reads",  "batch-messages",  "max-queued-posts", "append-retry-ms",
    "append-timeout-ms", "log-repeat-ms"};

}  // namespace

TEST_CASE("Without arguments every setting has its default") {
  const Config config = parse({});
  CHECK(config.listen_path.empty());
  CHECK(config.database.empty());
  CHECK(config.log_level == LogLevel::info);
  CHECK(config.max_polls == 10'000);
  CHECK(config.max_connections == 12'000);
  CHECK(config.io_timeout == milliseconds{10'000});
  CHECK(config.look_interval == milliseconds{1000});
  CHECK(config.window_messages == 10'000);
  CHECK(config.window_bytes == 16U << 20U);
  CHECK(config.page_bytes == 256U << 10U);
  CHECK(config.readers == 2);
  CHECK(config.max_queued_reads == 1000);
  CHECK(config.batch_messages == 500);
  CHECK(config.max_queued_posts == 10'000);
  CHECK(config.append_retry == milliseconds{3000});
  CHECK(config.append_timeout == milliseconds{20'000});
  CHECK(config.log_repeat == milliseconds{60'000});
}

TEST_CASE("Settings are read from the command line, with or without an equals sign") {
  const Config config = parse({"--listen", "/run/x", "--database=host=db user=chat", "--log-level",
                               "debug", "--max-polls=7"});
  CHECK(config.listen_path == "/run/x");
  CHECK(config.database == "host=db user=chat");
  CHECK(config.log_level == LogLevel::debug);
  CHECK(config.max_polls == 7);
}

TEST_CASE("Settings are read from the environment, other variables are nobody's error") {
  const Variable polls("CHAT_MAX_POLLS", "8");
  const Variable level("CHAT_LOG_LEVEL", "warning");
  const Variable other("CHAT_SOMETHING_ELSE", "x");
  const Config config = parse({});
  CHECK(config.max_polls == 8);
  CHECK(config.log_level == LogLevel::warning);
}

TEST_CASE("Settings are read from a file") {
  const TemporaryDirectory directory;
  const std::string path = directory.file(
      "chat.conf", "# a comment\nmax-polls = 9\ndatabase = host=db user=chat # the database\n\n");
  const Config config = parse({"--config", path});
  CHECK(config.max_polls == 9);
  CHECK(config.database == "host=db user=chat");
}

TEST_CASE(
    "A # after white space begins a comment, one inside of a value is refused with its line") {
  const TemporaryDirectory directory;
  for (const char* const line :
       {"database = user=chat password=a#b", "database = user=chat password=#b", "database=#b",
        "database = postgresql://chat:a#b@db/chat # the database", "database = password=a\\ #b",
        "listen = /run/a#b"}) {
    CAPTURE(line);
    const std::string path = directory.file("chat.conf", "readers = 2\n"s + line + "\n");
    CHECK(names(refusal_of({"--config", path}), path + ", line 2: a #"));
  }
  // A comment may hold what it likes.
  const std::string path =
      directory.file("chat.conf", "  # a#b\n#\nreaders = 3\t# a#b\n\ndatabase = user=chat   #\n");
  const Config config = parse({"--config", path});
  CHECK(config.readers == 3);
  CHECK(config.database == "user=chat");
}

TEST_CASE("A setting that stands twice in a file is refused") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("chat.conf", "database = a\ndatabase = b\n");
  CHECK(names(refusal_of({"--config", path}), "database"));
}

TEST_CASE("The command line wins over the environment, which wins over the file") {
  const TemporaryDirectory directory;
  const std::string path =
      directory.file("chat.conf", "max-polls = 9\nreaders = 9\nbatch-messages = 9\n");
  const Variable polls("CHAT_MAX_POLLS", "8");
  const Variable readers("CHAT_READERS", "8");
  const Config config = parse({"--config", path, "--max-polls", "7"});
  CHECK(config.max_polls == 7);
  CHECK(config.readers == 8);
  CHECK(config.batch_messages == 9);
}

TEST_CASE("Every number refuses what is no number in its range, and is named") {
  const std::string name = GENERATE_COPY(from_range(number_settings));
  const std::string value = GENERATE(""s, "x"s, "-1"s, "1.5"s, "1x"s, "1 2"s, "0x10"s,
                                     "99999999999999999999"s, "9999999999999"s);
  CAPTURE(name, value);
  CHECK(names(refusal_of({"--" + name + "=" + value}), name));
}

TEST_CASE("A bad value from the environment or a file is named too") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("chat.conf", "readers = many\n");
  CHECK(names(refusal_of({"--config", path}), "readers"));
  const Variable polls("CHAT_MAX_POLLS", "many");
  CHECK(names(refusal_of({}), "max-polls"));
}

TEST_CASE("An unknown setting is refused by name, on the command line and in a file") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("chat.conf", "max-pols = 9\n");
  CHECK(names(refusal_of({"--max-pols", "9"}), "max-pols"));
  CHECK(names(refusal_of({"--config", path}), "max-pols"));
  CHECK(names(refusal_of({"--config", path}), path));
}

TEST_CASE("Abbreviations, bare words and settings that stand twice are refused") {
  CHECK_FALSE(refusal_of({"--max-poll", "9"}).empty());
  CHECK_FALSE(refusal_of({"word"}).empty());
  CHECK_FALSE(refusal_of({"--readers=1", "--readers=2"}).empty());
  CHECK(names(refusal_of({"--listen"}), "listen"));
}

TEST_CASE("A log level that does not exist is refused with those that do") {
  const std::string refusal = refusal_of({"--log-level", "loud"});
  CHECK(names(refusal, "--log-level"));
  CHECK(names(refusal, "debug"));
}

TEST_CASE("A file that cannot be read is named") {
  const TemporaryDirectory directory;
  CHECK(names(refusal_of({"--config", directory.path_of("absent")}), directory.path_of("absent")));
  CHECK(names(refusal_of({"--config", directory.path_of("")}), directory.path_of("")));
}

TEST_CASE("No time is longer than the deadline wheel can wait") {
  for (const char* name : {"io-timeout-ms", "append-timeout-ms"}) {
    CAPTURE(name);
    CHECK(refusal_of({"--"s + name + "=100000"}).empty());
    CHECK_FALSE(refusal_of({"--"s + name + "=102400"}).empty());
  }
}

TEST_CASE("Help and version are asked for, whatever else is wrong") {
  const Variable polls("CHAT_MAX_POLLS", "many");
  CHECK(parse_command_line({"--help"}).action == CommandLine::Action::show_help);
  CHECK(parse_command_line({"--version"}).action == CommandLine::Action::show_version);
}

TEST_CASE("The help names every setting with its default") {
  const std::string help = help_text();
  for (const std::string& name : number_settings) {
    CAPTURE(name);
    CHECK(names(help, "--" + name + " arg (="));
  }
  for (const char* name : {"--listen", "--database", "--log-level", "--config", "--help",
                           "--version", "CHAT_MAX_POLLS"}) {
    CAPTURE(name);
    CHECK(names(help, name));
  }
}

TEST_CASE("A check is asked for, of nginx too, and takes the same settings") {
  const CommandLine check =
      parse_command_line({"--check", "--nginx-config", "-", "--max-polls", "7"});
  CHECK(check.action == CommandLine::Action::check);
  CHECK(check.nginx_config_path == "-");
  CHECK(check.config.max_polls == 7);
  CHECK(parse_command_line({"--check"}).nginx_config_path.empty());
  CHECK(names(refusal_of({"--nginx-config", "file"}), "--check"));
  CHECK(names(refusal_of({"--check", "--max-polls", "many"}), "--max-polls"));
}
