// What the records of a request say, read without libfcgi.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/request.hpp"

namespace chat::fuzz {

struct SentRequest {
  std::vector<std::pair<std::string, std::string>> params;
  std::string body;
};

// Of bytes that RequestFrame found complete; a Finding when they are not.
SentRequest read_records(std::string_view bytes);

// A Finding when libfcgi made something else of it.
void require_parsed_as_sent(const Request& parsed, const SentRequest& sent);

}  // namespace chat::fuzz
