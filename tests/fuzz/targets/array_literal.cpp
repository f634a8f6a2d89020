// The literal that carries a batch to PostgreSQL, read back as its manual describes it (section
// "Array Input and Output Syntax").
#include "postgres/array_literal.hpp"

#include <vector>

#include "fuzz/fields.hpp"
#include "fuzz/target.hpp"

namespace chat::fuzz {
namespace {

using Elements = std::vector<std::optional<std::string>>;

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  Elements elements() {
    Elements all;
    take('{');
    while (!begins_with("}")) {
      if (!all.empty()) take(',');
      all.push_back(element());
    }
    take('}');
    require(rest_.empty(), "nothing follows an array");
    return all;
  }

 private:
  [[nodiscard]] bool begins_with(std::string_view text) const {
    return rest_.substr(0, text.size()) == text;
  }

  char take() {
    require(!rest_.empty(), "an array ends with a brace");
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  void take(char expected) { require(take() == expected, "an array is braces and commas"); }

  std::optional<std::string> element() {
    if (begins_with("NULL")) {
      rest_.remove_prefix(4);
      return std::nullopt;
    }
    take('"');
    std::string text;
    for (char c = take(); c != '"'; c = take()) text += c == '\\' ? take() : c;
    return text;
  }

  std::string_view rest_;
};

void examine(std::string_view input) {
  Fields fields(input);
  Elements elements;
  ArrayLiteral literal;
  while (!fields.rest().empty()) {
    elements.push_back(fields.take_optional());
    literal.push_back(elements.back());
  }
  require(Reader(literal.text()).elements() == elements, "an array is read as it was written");
}

const Registration registration("array_literal", examine);

}  // namespace
}  // namespace chat::fuzz
