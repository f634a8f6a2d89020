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

// Nothing that C's strings, HTTP's headers or a line of a log could take for an end: no control
// characters but tabulators in values, and no = in a name.
bool is_text(const SentRequest& sent);

bool is_head(const SentRequest& sent);

// Of bytes that RequestFrame found complete; a Finding when they are not.
SentRequest read_records(std::string_view bytes);

// Of a request that is text: a Finding when libfcgi made something else of it.
void require_parsed_as_sent(const Request& parsed, const SentRequest& sent);

}  // namespace chat::fuzz
