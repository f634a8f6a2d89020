// What the readers of header values share.
#pragma once

#include <algorithm>
#include <string_view>

namespace chat {

// Without the blanks and tabulators around it.
inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view whitespace = " \t";
  const std::size_t first = text.find_first_not_of(whitespace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(whitespace) - first + 1);
}

// Of ASCII, which is all that names in headers have; `lower` is in lower case.
inline bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

}  // namespace chat
