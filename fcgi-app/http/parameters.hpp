// The parameters of a query string.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chat {

class Parameters {
 public:
  // Splits, and decodes names only: what is wrong with a value is said by the parameter that has
  // it.
  explicit Parameters(std::string_view query_string);

  // The decoded value, or nothing when the parameter is not there. Throws Error(invalid_argument)
  // when it is there twice or when its percent-encoding is broken.
  [[nodiscard]] std::optional<std::string> find(std::string_view name) const;

  // The decoded values of one that may be there several times, in order. Throws
  // Error(invalid_argument) when a percent-encoding is broken.
  [[nodiscard]] std::vector<std::string> find_all(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string_view>> pairs_;
};

// For a value in an address of ours: everything but letters, digits, '-', '_' and '.' escaped.
std::string percent_encoded(std::string_view text);

// A whole number from `least` to `most`, digits alone. Throws Error(invalid_argument) naming the
// parameter.
int parse_number(std::string_view name, std::string_view text, int least, int most);

}  // namespace chat
