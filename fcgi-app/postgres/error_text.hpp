// libpq's texts have several lines; the log and the doctor have one for each event.
#pragma once

#include <algorithm>
#include <string>

namespace chat {

inline std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

}  // namespace chat
