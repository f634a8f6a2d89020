#include "chat/message_id.hpp"

#include <array>
#include <boost/uuid/string_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <stdexcept>

namespace chat {

std::optional<MessageId> parse_message_id(std::string_view text) {
  // Boost also reads braces and ids without dashes; the length leaves the canonical form alone.
  constexpr std::size_t canonical_length = 36;
  if (text.size() != canonical_length) return std::nullopt;
  try {
    return boost::uuids::string_generator()(text.begin(), text.end());
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
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
