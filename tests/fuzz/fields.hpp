// Cuts one input into the parts of a request. Params end at a NUL byte in libfcgi, so it can stand
// between them: what was not cut is itself a good mutation.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace chat::fuzz {

class Fields {
 public:
  explicit Fields(std::string_view input) : rest_(input) {}

  std::string take() {
    const std::string_view field = rest_.substr(0, rest_.find('\0'));
    rest_.remove_prefix(std::min(rest_.size(), field.size() + 1));
    return std::string(field);
  }

  // A header that may be missing: "-" alone says so.
  std::optional<std::string> take_optional() {
    std::string field = take();
    if (field == "-") return std::nullopt;
    return field;
  }

  [[nodiscard]] std::string rest() const { return std::string(rest_); }

 private:
  std::string_view rest_;
};

}  // namespace chat::fuzz
