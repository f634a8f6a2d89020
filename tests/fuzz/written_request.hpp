// Makes a well-formed request of any input.
#pragma once

#include <string>
#include <string_view>

#include "sent_request.hpp"

namespace chat::fuzz {

struct WrittenRequest {
  SentRequest sent;
  std::string bytes;  // on the wire
};

// Three bytes say how the request is cut into records; then lines "NAME=value", an empty one, and
// the body. Almost every input is a request, so that fuzzing gets behind the frame.
WrittenRequest write_request(std::string_view input);

}  // namespace chat::fuzz
