// One HTTP/1.1 answer, found in the bytes that a connection has brought so far.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace load {

// Views point into the bytes that were parsed, or into the scratch text.
struct Answer {
  int status = 0;
  bool closes = false;  // the server ends the connection after it
  std::string_view etag;
  std::string_view last_modified;
  std::string_view link;
  std::string_view body;

  bool ok() const { return status >= 200 && status < 300; }
};

struct Parsed {
  enum class State { incomplete, complete, malformed };

  State state = State::incomplete;
  // Complete: the bytes that the answer has. Incomplete: the least number with which it can be, so
  // that a long answer is not looked at again for each of its pieces.
  std::size_t size = 0;
  Answer answer;
  std::string_view problem;  // a sentence, when malformed
};

// Keeps nothing between two calls: an answer nearly always comes whole, and is then read where it
// lies. `scratch` holds the body when it came in more than one chunk.
Parsed parse_answer(std::string_view bytes, std::string& scratch);

}  // namespace load
