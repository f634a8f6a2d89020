// Reads nginx's configuration: directives, blocks and includes, as `nginx -T` prints them.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/finding.hpp"

namespace chat {

struct NginxDirective {
  std::string name;
  std::vector<std::string> arguments;
  std::vector<NginxDirective> block;
};

using NginxBlock = std::vector<NginxDirective>;

// `what()` is a sentence that says where and why.
class NginxConfigError : public std::runtime_error {
 public:
  explicit NginxConfigError(const std::string& sentence)
      : std::runtime_error(printable(sentence)) {}
};

// The directives of the main file, with those of included files in their places. What stands before
// the first file (nginx's own words, when both its outputs were taken) is passed over; a text that
// names no files is one file. Bounded in depth and number whatever the text holds. Throws
// NginxConfigError.
NginxBlock parse_nginx_config(std::string_view dump);

}  // namespace chat
