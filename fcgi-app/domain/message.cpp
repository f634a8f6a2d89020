#include "domain/message.hpp"

#include <algorithm>

#include "domain/error.hpp"

namespace chat {
namespace {

// Not std::isalnum: it depends on the locale, and the contract does not.
bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_room_character(char c) { return is_lower_or_digit(c) || c == '_' || c == '-'; }

bool is_visible_ascii(char c) { return c > ' ' && c <= '~'; }

}  // namespace

void validate_room(std::string_view room) {
  const bool valid = !room.empty() && room.size() <= max_room_bytes &&
                     is_lower_or_digit(room.front()) &&
                     std::all_of(room.begin(), room.end(), is_room_character);
  if (!valid) {
    throw_invalid_argument(
        "A room is 1 to 64 characters of a-z, 0-9, _ and -, and begins with a letter or a digit");
  }
}

void validate_author(std::string_view author) {
  if (author.empty() || author.size() > max_author_bytes) {
    throw_invalid_argument("An author is 1 to 128 bytes");
  }
  if (author.find('\0') != std::string_view::npos) {
    throw_invalid_argument("An author must not contain U+0000");
  }
}

void validate_body(std::string_view body) {
  if (body.size() > max_body_bytes) throw_invalid_argument("Message is too large");
  if (body.find('\0') != std::string_view::npos) {
    throw_invalid_argument("A message must not contain U+0000");
  }
}

void validate_idempotency_key(std::string_view key) {
  const bool valid = !key.empty() && key.size() <= max_key_bytes &&
                     std::all_of(key.begin(), key.end(), is_visible_ascii);
  if (!valid) throw_invalid_argument("An Idempotency-Key is 1 to 64 visible ASCII characters");
}

void validate_edit_key(std::string_view key) {
  const bool valid = key.size() >= min_edit_key_bytes && key.size() <= max_edit_key_bytes &&
                     std::all_of(key.begin(), key.end(), is_visible_ascii);
  if (!valid) throw_invalid_argument("A Chat-Edit-Key is 22 to 64 visible ASCII characters");
}

}  // namespace chat
