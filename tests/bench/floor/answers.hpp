// All that the floor ever says, as records.
#pragma once

#include <string>

namespace least {

struct Answers {
  // `message` is the JSON of the one message that there is.
  explicit Answers(const std::string& message);

  std::string posted;
  std::string nothing;
  std::string page;
  std::string stream_head;
  std::string event;
};

}  // namespace least
