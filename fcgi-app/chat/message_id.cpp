#include "chat/message_id.hpp"

#include <array>
#include <boost/uuid/uuid_io.hpp>
#include <cstdint>
#include <cstdio>
#include <ctime>

namespace chat {
namespace {

// Negative for what is no hexadecimal digit.
int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

// By hand and not with boost::uuids::string_generator: every poll brings a cursor, and that reads
// other forms too.
std::optional<MessageId> parse_message_id(std::string_view text) {
  constexpr std::string_view form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != form.size()) return std::nullopt;
  MessageId id{};
  std::size_t digits = 0;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] == '-') {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int value = hex_value(text[i]);
    if (value < 0) return std::nullopt;
    std::uint8_t& byte = id.begin()[digits++ / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | value);
  }
  return id;
}

std::string format_message_id(const MessageId& id) { return boost::uuids::to_string(id); }

std::chrono::milliseconds unix_time(const MessageId& id) {
  constexpr int timestamp_bytes = 6;
  std::int64_t unix_ms = 0;
  for (int i = 0; i < timestamp_bytes; ++i) unix_ms = unix_ms << 8 | id.begin()[i];
  return std::chrono::milliseconds{unix_ms};
}

std::string created_at(const MessageId& id) {
  const std::int64_t unix_ms = unix_time(id).count();
  const std::time_t seconds = static_cast<std::time_t>(unix_ms / 1000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 32> date{};
  std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%s.%03dZ", date.data(),
                static_cast<int>(unix_ms % 1000));
  return text.data();
}

}  // namespace chat
