#include "bench/load/command_input.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace load {

CommandInput::CommandInput(EventLoop& loop, std::function<void(const Words&)> obey)
    : obey_(std::move(obey)) {
  fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
  try {
    loop.watch(STDIN_FILENO, *this);
  } catch (const std::system_error&) {
    throw std::runtime_error(
        "commands come from a pipe or a terminal, which standard input is not.");
  }
}

void CommandInput::handle_events(std::uint32_t) {
  std::array<char, 4096> piece;
  for (;;) {
    const auto size = read(STDIN_FILENO, piece.data(), piece.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) return obey_({});
    text_.append(piece.data(), static_cast<std::size_t>(size));
    obey_lines();
  }
}

void CommandInput::obey_lines() {
  for (auto end = text_.find('\n'); end != std::string::npos; end = text_.find('\n')) {
    std::istringstream line(text_.substr(0, end));
    text_.erase(0, end + 1);
    Words words;
    for (std::string word; line >> word;) words.push_back(word);
    if (!words.empty()) obey_(words);
  }
}

}  // namespace load
