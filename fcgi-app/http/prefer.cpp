#include "http/prefer.hpp"

#include <charconv>

namespace chat {
namespace {

constexpr std::string_view whitespace = " \t";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(whitespace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(whitespace) - first + 1);
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((text[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

std::optional<std::chrono::seconds> parse_seconds(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  unsigned seconds = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, seconds);
  if (text.empty() || result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return std::chrono::seconds{seconds};
}

}  // namespace

std::optional<std::chrono::seconds> preferred_wait(std::string_view header) {
  while (!header.empty()) {
    const std::string_view element = header.substr(0, header.find(','));
    header.remove_prefix(std::min(header.size(), element.size() + 1));
    // What follows a semicolon are parameters of the preference; wait has none.
    const std::string_view preference = element.substr(0, element.find(';'));
    const std::size_t equals = preference.find('=');
    if (equals == std::string_view::npos) continue;
    if (!equals_ignoring_case(trimmed(preference.substr(0, equals)), "wait")) continue;
    return parse_seconds(trimmed(preference.substr(equals + 1)));  // the first one counts
  }
  return std::nullopt;
}

}  // namespace chat
