#include "json_grammar.hpp"

#include <algorithm>
#include <string>

namespace chat::fuzz {
namespace {

constexpr std::string_view digits = "0123456789";

}  // namespace

bool JsonGrammar::matches() {
  std::string open;  // the brackets around this place
  for (;;) {
    // A value begins.
    skip_space();
    if (take('{')) {
      open += '}';
      skip_space();
      if (!begins_with('}')) {
        if (!take_name()) return false;
        continue;
      }
    } else if (take('[')) {
      open += ']';
      skip_space();
      if (!begins_with(']')) continue;
    } else if (!take_scalar()) {
      return false;
    }
    // A value has ended, or is about to, when its brackets are empty.
    for (bool next = false; !next;) {
      skip_space();
      if (open.empty()) return rest_.empty();
      if (take(',')) {
        if (open.back() == '}' && !take_name()) return false;
        next = true;
      } else {
        if (!take(open.back())) return false;
        open.pop_back();
      }
    }
  }
}

bool JsonGrammar::take(char c) {
  if (!begins_with(c)) return false;
  rest_.remove_prefix(1);
  return true;
}

bool JsonGrammar::take_word(std::string_view word) {
  if (rest_.substr(0, word.size()) != word) return false;
  rest_.remove_prefix(word.size());
  return true;
}

std::size_t JsonGrammar::take_digits() {
  const std::size_t count = std::min(rest_.find_first_not_of(digits), rest_.size());
  rest_.remove_prefix(count);
  return count;
}

void JsonGrammar::skip_space() {
  rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
}

bool JsonGrammar::take_name() {
  skip_space();
  if (!take_string()) return false;
  skip_space();
  return take(':');
}

bool JsonGrammar::take_string() {
  if (!take('"')) return false;
  while (!take('"')) {
    if (rest_.empty() || static_cast<unsigned char>(rest_.front()) < ' ') return false;
    const bool escape = take('\\');
    if (escape && !take_escape()) return false;
    if (!escape) rest_.remove_prefix(1);
  }
  return true;
}

bool JsonGrammar::take_escape() {
  if (rest_.empty()) return false;
  const char kind = rest_.front();
  rest_.remove_prefix(1);
  if (kind != 'u') return std::string_view("\"\\/bfnrt").find(kind) != std::string_view::npos;
  const std::string_view code = rest_.substr(0, 4);
  rest_.remove_prefix(code.size());
  return code.size() == 4 &&
         code.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

bool JsonGrammar::take_number() {
  take('-');
  const bool zero = begins_with('0');
  const std::size_t whole = take_digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (take('.') && take_digits() == 0) return false;
  if (!take('e') && !take('E')) return true;
  if (!take('+')) take('-');
  return take_digits() > 0;
}

bool JsonGrammar::take_scalar() {
  if (begins_with('"')) return take_string();
  return take_word("true") || take_word("false") || take_word("null") || take_number();
}

}  // namespace chat::fuzz
