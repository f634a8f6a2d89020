// What the code under test writes to standard error.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include "unix_client.hpp"

namespace chat::test {

// Standard error goes into a pipe for as long as this lives.
class StandardError {
 public:
  StandardError() : saved_(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) throw std::runtime_error("pipe2 failed");
    reading_end_ = ends[0];
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
  }
  ~StandardError() {
    dup2(saved_.get(), STDERR_FILENO);
    close(reading_end_);
  }
  StandardError(const StandardError&) = delete;
  StandardError& operator=(const StandardError&) = delete;

  // What was written since the last call, without the priority that stands before a line when the
  // tests' own errors go to a journal.
  [[nodiscard]] std::string lines() const {
    std::array<char, 4096> chunk{};
    const ssize_t count = read(reading_end_, chunk.data(), chunk.size());
    std::string text(chunk.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    for (std::size_t at = 0; (at = text.find('<', at)) != std::string::npos;) {
      const bool begins_line = at == 0 || text[at - 1] == '\n';
      if (begins_line) {
        text.erase(at, 3);
      } else {
        ++at;
      }
    }
    return text;
  }

 private:
  Descriptor saved_;
  int reading_end_ = -1;
};

}  // namespace chat::test
