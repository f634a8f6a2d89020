// A fuzz target: properties that are held against one input. libFuzzer brings inputs of its own
// making (libfuzzer.cpp), the unit tests those that are kept in corpus/.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace chat::fuzz {

// A property that does not hold. A target never catches it: under libFuzzer it ends the program
// with the stack of the place that found it, and libFuzzer keeps the input.
class Finding : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

inline void require(bool holds, const std::string& property) {
  if (!holds) throw Finding("this does not hold: " + property);
}

struct Target {
  std::string name;
  void (*examine)(std::string_view input);
};

// The targets that are linked into this program.
inline std::vector<Target>& targets() {
  static std::vector<Target> all;
  return all;
}

struct Registration {
  Registration(const char* name, void (*examine)(std::string_view input)) {
    targets().push_back({name, examine});
  }
};

}  // namespace chat::fuzz
