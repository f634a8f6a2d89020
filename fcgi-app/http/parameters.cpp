#include "http/parameters.hpp"

#include <charconv>

#include "domain/error.hpp"

namespace chat {
namespace {

// '+' is a space, as in every form. Nothing when an escape is not two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text) {
  constexpr auto none = std::string_view::npos;
  if (text.find('%') == none && text.find('+') == none) return std::string(text);
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    unsigned char byte = 0;
    const char* const digits = text.data() + i + 1;
    const auto result = std::from_chars(digits, digits + 2, byte, 16);
    if (result.ec != std::errc() || result.ptr != digits + 2) return std::nullopt;
    decoded += static_cast<char>(byte);
    i += 2;
  }
  return decoded;
}

}  // namespace

Parameters::Parameters(std::string_view query_string) {
  constexpr std::size_t usual_count = 4;
  pairs_.reserve(usual_count);
  while (!query_string.empty()) {
    const std::string_view pair = query_string.substr(0, query_string.find('&'));
    query_string.remove_prefix(std::min(query_string.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    auto name = percent_decode(pair.substr(0, equals));
    if (!name) continue;  // no parameter of ours
    const bool has_value = equals != std::string_view::npos;
    pairs_.emplace_back(std::move(*name), has_value ? pair.substr(equals + 1) : std::string_view());
  }
}

std::optional<std::string> Parameters::find(std::string_view name) const {
  std::vector<std::string> found = find_all(name);
  if (found.empty()) return std::nullopt;
  if (found.size() > 1) {
    throw_invalid_argument("The parameter " + std::string(name) + " is given twice");
  }
  return std::move(found.front());
}

std::vector<std::string> Parameters::find_all(std::string_view name) const {
  std::vector<std::string> found;
  for (const auto& [key, value] : pairs_) {
    if (key != name) continue;
    auto decoded = percent_decode(value);
    if (!decoded) throw_invalid_argument("The parameter " + key + " is not percent-encoded");
    found.push_back(std::move(*decoded));
  }
  return found;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.';
    if (plain) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += {'%', digits[byte >> 4], digits[byte & 0xf]};
  }
  return encoded;
}

int parse_number(std::string_view name, std::string_view text, int least, int most) {
  int number = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  // from_chars takes a minus, and "-0" would be in range.
  if (text.empty() || text.front() == '-' || result.ec != std::errc() || result.ptr != end ||
      number < least || number > most) {
    throw_invalid_argument("The parameter " + std::string(name) + " is a whole number from " +
                           std::to_string(least) + " to " + std::to_string(most));
  }
  return number;
}

}  // namespace chat
