#include "doctor/nginx_tokens.hpp"

#include <algorithm>

#include "doctor/nginx_config.hpp"

namespace chat {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool ends_word(char c) { return is_blank(c) || c == ';' || c == '{'; }

// nginx takes the backslash away before these alone, so that regular expressions keep theirs.
char unescaped(char c) {
  switch (c) {
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case 'n':
      return '\n';
    default:
      return c;
  }
}

bool is_escapable(char c) { return std::string_view("\"'\\trn").find(c) != std::string_view::npos; }

}  // namespace

NginxToken NginxTokens::next() {
  skip_blanks();
  if (next_ == text_.size()) return {};
  const char c = text_[next_];
  if (c == ';' || c == '{' || c == '}') {
    ++next_;
    return {c == ';'   ? NginxToken::Kind::semicolon
            : c == '{' ? NginxToken::Kind::open
                       : NginxToken::Kind::close,
            {}};
  }
  if (c == '"' || c == '\'') return {NginxToken::Kind::word, quoted_word(c)};
  return {NginxToken::Kind::word, plain_word()};
}

void NginxTokens::skip_lua() {
  for (int depth = 1; next_ < text_.size() && depth > 0; ++next_) {
    if (text_[next_] == '{') ++depth;
    if (text_[next_] == '}') --depth;
  }
}

std::string NginxTokens::place() const {
  const auto lines =
      std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(next_), '\n');
  return file_ + ", line " + std::to_string(lines + 1);
}

void NginxTokens::skip_blanks() {
  while (next_ < text_.size()) {
    if (text_[next_] == '#') {
      next_ = std::min(text_.find('\n', next_), text_.size());
    } else if (is_blank(text_[next_])) {
      ++next_;
    } else {
      return;
    }
  }
}

std::string NginxTokens::quoted_word(char quote) {
  std::string word;
  for (++next_; next_ < text_.size(); ++next_) {
    const char c = text_[next_];
    if (c == quote) {
      ++next_;
      return word;
    }
    if (c == '\\' && next_ + 1 < text_.size()) {
      const char escaped = text_[++next_];
      if (!is_escapable(escaped)) word += c;
      word += is_escapable(escaped) ? unescaped(escaped) : escaped;
    } else {
      word += c;
    }
  }
  throw NginxConfigError(place() + ": a quote is not closed");
}

std::string NginxTokens::plain_word() {
  std::string word;
  for (; next_ < text_.size(); ++next_) {
    const char c = text_[next_];
    // The brace of ${name} belongs to the word.
    const bool of_variable = c == '{' && !word.empty() && word.back() == '$';
    if (ends_word(c) && !of_variable) break;
    word += c;
    if (c == '\\' && next_ + 1 < text_.size()) word += text_[++next_];
  }
  return word;
}

}  // namespace chat
