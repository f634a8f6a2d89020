// The words of one file of nginx's configuration.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace chat {

struct NginxToken {
  enum class Kind { word, semicolon, open, close, end };
  Kind kind = Kind::end;
  std::string text;  // of a word, without its quotes
};

class NginxTokens {
 public:
  NginxTokens(std::string file, std::string_view text) : file_(std::move(file)), text_(text) {}

  // Throws NginxConfigError when a quote is not closed.
  NginxToken next();

  // Passes over Lua up to the brace that closes its block, whose own is read already.
  void skip_lua();

  // "FILE, line N"
  [[nodiscard]] std::string place() const;

 private:
  void skip_blanks();
  std::string quoted_word(char quote);
  std::string plain_word();

  std::string file_;
  std::string_view text_;
  std::size_t next_ = 0;
};

}  // namespace chat
