// A PostgreSQL array as text: {"one","two",NULL}. libpqxx 6.4 has no vector parameters.
#pragma once

#include <optional>
#include <string>

namespace chat {

class ArrayLiteral {
 public:
  void push_back(const std::string& element) {
    begin_element();
    text_ += '"';
    for (const char c : element) {
      if (c == '"' || c == '\\') text_ += '\\';
      text_ += c;
    }
    text_ += '"';
  }

  void push_back(const std::optional<std::string>& element) {
    if (element) {
      push_back(*element);
    } else {
      begin_element();
      text_ += "NULL";
    }
  }

  [[nodiscard]] std::string text() const { return text_ + '}'; }

 private:
  void begin_element() {
    if (text_.size() > 1) text_ += ',';
  }

  std::string text_ = "{";
};

}  // namespace chat
