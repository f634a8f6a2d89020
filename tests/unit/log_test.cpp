#include "log.hpp"

#include "catch.hpp"
#include "standard_error.hpp"

using namespace chat;
using namespace chat::test;
using namespace std::string_literals;

namespace {

std::string logged(LogLevel level, std::string_view event, LogFields fields) {
  const StandardError standard_error;
  log_line(level, event, fields);
  return standard_error.lines();
}

std::string logged_value(const std::string& value) {
  const std::string line = logged(LogLevel::error, "e", {{"v", value}});
  return line.substr(std::string("event=e v=").size());
}

}  // namespace

TEST_CASE("An event is one line of fields, in order") {
  CHECK(logged(LogLevel::info, "started", {{"version", "1.0"}, {"polls", "7"}}) ==
        "event=started version=1.0 polls=7\n");
  CHECK(logged(LogLevel::info, "stopped", {}) == "event=stopped\n");
}

TEST_CASE("A value that is more than a word is quoted") {
  CHECK(logged_value("word") == "word\n");
  CHECK(logged_value("two words") == "\"two words\"\n");
  CHECK(logged_value("") == "\"\"\n");
  CHECK(logged_value("a=b") == "\"a=b\"\n");
  CHECK(logged(LogLevel::info, "two words", {}) == "event=\"two words\"\n");
}

TEST_CASE("Quotes and backslashes in a quoted value are escaped") {
  CHECK(logged_value(R"(say "hi")") == R"("say \"hi\"")"s + "\n");
  CHECK(logged_value(R"(a \ b)") == R"("a \\ b")"s + "\n");
}

TEST_CASE("A value can neither break its line nor pretend to be a field or a terminal's command") {
  CHECK(logged_value("x\nevent=forged") == "\"x event=forged\"\n");
  CHECK(logged_value("x\r\ny") == "\"x  y\"\n");
  CHECK(logged_value("x\" forged=\"y") == "\"x\\\" forged=\\\"y\"\n");
  for (char c = 0; c < ' '; ++c) {
    CAPTURE(static_cast<int>(c));
    CHECK(logged_value("x"s + c + "y") == "\"x y\"\n");
  }
  CHECK(logged_value("x\x7fy") == "\"x y\"\n");
}

TEST_CASE("Text beyond ASCII is written as it is") {
  CHECK(logged_value("gr\u00fc\u00dfe") == "gr\u00fc\u00dfe\n");
}

TEST_CASE("Lines above the level are dropped") {
  set_log_level(LogLevel::warning);
  CHECK(logged(LogLevel::info, "e", {}).empty());
  CHECK(logged(LogLevel::debug, "e", {}).empty());
  CHECK(logged(LogLevel::warning, "e", {}) == "event=e\n");
  CHECK(logged(LogLevel::error, "e", {}) == "event=e\n");
  set_log_level(LogLevel::info);
}
