#include "http/prefer.hpp"

#include <charconv>

#include "http/header_value.hpp"

namespace chat {
namespace {

// A comma within quotes is text. A quote that is never closed quotes the rest.
std::size_t end_of_element(std::string_view header) {
  bool quoted = false;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (header[i] == '"') quoted = !quoted;
    if (quoted && header[i] == '\\') ++i;
    if (!quoted && header[i] == ',') return i;
  }
  return header.size();
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
    const std::string_view element = header.substr(0, end_of_element(header));
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
