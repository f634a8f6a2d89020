// The grammar of RFC 8259, apart from any parser.
#pragma once

#include <string_view>

namespace chat::fuzz {

class JsonGrammar {
 public:
  explicit JsonGrammar(std::string_view text) : rest_(text) {}

  // Whether all of the text is one JSON value. Only of its bytes below 0x80: UTF-8 is no grammar.
  bool matches();

 private:
  bool begins_with(char c) const { return !rest_.empty() && rest_.front() == c; }
  bool take(char c);
  bool take_word(std::string_view word);
  std::size_t take_digits();
  void skip_space();
  bool take_name();
  bool take_string();
  bool take_escape();
  bool take_number();
  bool take_scalar();

  std::string_view rest_;
};

}  // namespace chat::fuzz
