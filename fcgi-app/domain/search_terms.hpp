// What is searched for, and by what a message is found. Case, accents and width mean nothing; where
// words have no blanks between them (Chinese, Japanese, Thai), pairs of letters stand for them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/message.hpp"

namespace chat {

inline constexpr std::size_t max_search_bytes = 256;

struct SearchTerms {
  std::string text;  // as it was asked
  // What a message must have in the index.
  std::vector<std::string> tokens;
  // And what must stand in it side by side: each a row of words, or of letters.
  std::vector<std::vector<std::string>> phrases;
  std::optional<std::string> from;  // the author, folded
};

// Reads words, "a phrase", from:NAME and from:"A NAME". Throws Error(invalid_argument) when that is
// nothing, or too long.
SearchTerms parse_search(std::string_view text);

// By what a message is found, each once.
std::vector<std::string> search_tokens_of(const Message& message);

// Of one among several rooms.
std::string search_token_of_room(std::string_view room);

// Whether the message, as it is now, is what was searched for.
bool matches(const SearchTerms& terms, const Message& message);

}  // namespace chat
