#include "domain/message_id.hpp"

#include <boost/uuid/uuid_io.hpp>
#include <cstdint>

namespace chat {
namespace {

// Negative for what is no hexadecimal digit.
int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// What stands in braces or after urn:uuid:, when that is as long as it should be.
std::string_view without_wrapping(std::string_view text, std::size_t inner) {
  constexpr std::string_view urn = "urn:uuid:";
  if (text.size() == inner + urn.size() && text.starts_with(urn)) return text.substr(urn.size());
  if (text.size() == inner + 2 && text.front() == '{' && text.back() == '}') {
    return text.substr(1, inner);
  }
  return text;
}

// With zeros in front when there are fewer.
void append_digits(std::string& text, int number, int at_least) {
  for (int limit = 10; --at_least > 0; limit *= 10) {
    if (number < limit) text += '0';
  }
  text += std::to_string(number);
}

}  // namespace

// By hand and not with boost::uuids::string_generator, which reads still other forms.
std::optional<MessageId> parse_message_id(std::string_view text) {
  constexpr std::string_view hyphenated = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  constexpr std::string_view simple = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
  const std::string_view form = text.size() == simple.size() ? simple : hyphenated;
  text = without_wrapping(text, form.size());
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

// By hand, because the C library takes longer for this than JSON for the whole message.
std::string created_at(const MessageId& id) {
  using namespace std::chrono;
  const sys_time<milliseconds> moment{unix_time(id)};
  const auto day = floor<days>(moment);
  const year_month_day date(day);
  const hh_mm_ss time(moment - day);
  std::string text;
  append_digits(text, static_cast<int>(date.year()), 4);
  append_digits(text += '-', static_cast<int>(static_cast<unsigned>(date.month())), 2);
  append_digits(text += '-', static_cast<int>(static_cast<unsigned>(date.day())), 2);
  append_digits(text += 'T', static_cast<int>(time.hours().count()), 2);
  append_digits(text += ':', static_cast<int>(time.minutes().count()), 2);
  append_digits(text += ':', static_cast<int>(time.seconds().count()), 2);
  append_digits(text += '.', static_cast<int>(time.subseconds().count()), 3);
  return text += 'Z';
}

}  // namespace chat
