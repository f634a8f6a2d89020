// What the doctor says: one plain sentence for each thing it looked at.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace chat {

struct Finding {
  enum class Kind {
    good,
    advice,   // works, but not with as much as the settings allow
    problem,  // something is wrong
  };
  Kind kind;
  std::string sentence;
};

using Findings = std::vector<Finding>;

// Sentences quote what others wrote: nothing of that may end a line or command a terminal.
inline std::string printable(std::string text) {
  for (char& c : text) c = static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? ' ' : c;
  return text;
}

inline void add_good(Findings& findings, std::string sentence) {
  findings.push_back({Finding::Kind::good, printable(std::move(sentence))});
}
inline void add_advice(Findings& findings, std::string sentence) {
  findings.push_back({Finding::Kind::advice, printable(std::move(sentence))});
}
inline void add_problem(Findings& findings, std::string sentence) {
  findings.push_back({Finding::Kind::problem, printable(std::move(sentence))});
}

}  // namespace chat
