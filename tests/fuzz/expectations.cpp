#include "expectations.hpp"

#include <algorithm>
#include <string>

#include "http/error_response.hpp"

namespace chat::fuzz {
namespace {

struct Sequence {
  std::size_t bytes;
  // Of the second byte; the others are 80 to bf.
  unsigned char least;
  unsigned char most;
};

std::optional<Sequence> sequence_of(unsigned char lead) {
  if (lead < 0x80) return Sequence{1, 0, 0};
  if (lead < 0xc2 || lead > 0xf4) return std::nullopt;
  if (lead < 0xe0) return Sequence{2, 0x80, 0xbf};
  if (lead == 0xe0) return Sequence{3, 0xa0, 0xbf};
  if (lead == 0xed) return Sequence{3, 0x80, 0x9f};
  if (lead < 0xf0) return Sequence{3, 0x80, 0xbf};
  if (lead == 0xf0) return Sequence{4, 0x90, 0xbf};
  if (lead == 0xf4) return Sequence{4, 0x80, 0x8f};
  return Sequence{4, 0x80, 0xbf};
}

}  // namespace

bool is_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  while (!text.empty()) {
    const auto sequence = sequence_of(byte(0));
    if (!sequence || sequence->bytes > text.size()) return false;
    for (std::size_t i = 1; i < sequence->bytes; ++i) {
      const bool second = i == 1;
      if (byte(i) < (second ? sequence->least : 0x80)) return false;
      if (byte(i) > (second ? sequence->most : 0xbf)) return false;
    }
    text.remove_prefix(sequence->bytes);
  }
  return true;
}

bool is_room(std::string_view room) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789_-";
  return !room.empty() && room.size() <= 64 && room[0] != '_' && room[0] != '-' &&
         room.find_first_not_of(allowed) == std::string_view::npos;
}

bool is_author(std::string_view author) {
  return !author.empty() && author.size() <= 128 && is_utf8(author) &&
         author.find('\0') == std::string_view::npos;
}

void require_plain(const Error& refusal) {
  const std::string sentence = refusal.what();
  const bool plain = std::all_of(sentence.begin(), sentence.end(), [](char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
  });
  require(plain && !sentence.empty() && sentence.size() < 200, "an error is a plain sentence");
  const ResponsePtr response = error_response(refusal);
  require(response->status >= 400 && response->status < 500, "what a client sends is its fault");
  require(response->body == R"({"error":")" + sentence + R"("})", "an error is one JSON member");
}

}  // namespace chat::fuzz
