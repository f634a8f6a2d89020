// Message ids as text, and as the 16 bytes that the database mints.
#include "domain/message_id.hpp"

#include <algorithm>
#include <cstdint>
#include <ctime>

#include "fuzz/target.hpp"

namespace chat::fuzz {
namespace {

bool is_hyphenated(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool digit =
        std::string_view("0123456789abcdefABCDEF").find(text[i]) != std::string_view::npos;
    if (dash ? text[i] != '-' : !digit) return false;
  }
  return true;
}

// With what is missing of the canonical form, and without what is too much.
std::string hyphenated(std::string text) {
  if (text.size() == 32) {
    for (const std::size_t at : {8, 13, 18, 23}) text.insert(at, 1, '-');
  } else if (text.size() == 38 && text[0] == '{' && text[37] == '}') {
    text = text.substr(1, 36);
  } else if (text.size() == 45 && text.rfind("urn:uuid:", 0) == 0) {
    text = text.substr(9);
  }
  return text;
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'F' ? static_cast<char>(c + ('a' - 'A')) : c;
  return text;
}

void examine_text(std::string_view text) {
  const auto id = parse_message_id(text);
  const std::string canonical = hyphenated(std::string(text));
  require(id.has_value() == is_hyphenated(canonical), "the four forms are read, and nothing else");
  if (id) require(format_message_id(*id) == lower(canonical), "an id is printed as read");
}

// The moment, read back from its text.
std::int64_t unix_ms_of(const std::string& text) {
  std::tm date{};
  const char* const fraction = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &date);
  require(fraction != nullptr && fraction - text.data() == 19 && text.size() == 24 &&
              fraction[0] == '.' && fraction[4] == 'Z',
          "a moment is YYYY-MM-DDThh:mm:ss.mmmZ");
  return std::int64_t{timegm(&date)} * 1000 + std::stoi(std::string(fraction + 1, 3));
}

void examine_moment(const MessageId& id) {
  std::int64_t unix_ms = 0;
  for (int i = 0; i < 6; ++i) unix_ms = unix_ms * 256 + id.data[i];
  // RFC 3339 ends with the year 9999; no database will mint an id after it.
  constexpr std::int64_t end_of_rfc_3339 = 253'402'300'800'000;
  if (unix_ms < end_of_rfc_3339) {
    require(unix_ms_of(created_at(id)) == unix_ms, "created_at is the moment of the id");
  }
}

void examine(std::string_view input) {
  examine_text(input);
  MessageId one{};
  MessageId other{};
  std::copy_n(input.begin(), std::min<std::size_t>(input.size(), 16), one.begin());
  if (input.size() > 16) {
    std::copy_n(input.begin() + 16, std::min<std::size_t>(input.size() - 16, 16), other.begin());
  }
  require(parse_message_id(format_message_id(one)) == one, "an id is read as printed");
  require((one < other) == (format_message_id(one) < format_message_id(other)),
          "ids sort as their texts do");
  examine_moment(one);
  examine_moment(other);
}

const Registration registration("message_id", examine);

}  // namespace
}  // namespace chat::fuzz
