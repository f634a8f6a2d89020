// The listening socket of a worker.
#pragma once

#include <string>

namespace chat {

// A listening stream socket that the worker owns: standard input as systemd, spawn-fcgi or another
// parent left it, or one made at `path` (mode 0660). Removes the path again at the end when it made
// it. Throws std::runtime_error with a sentence for the operator.
class Listener {
 public:
  static Listener from_standard_input();
  static Listener at_path(const std::string& path);

  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&&) = delete;
  ~Listener();

  // Gives the descriptor away.
  int release();

  // Before the socket is closed, so that a successor's at the same path is never taken for ours.
  void remove_path();

 private:
  Listener(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}

  int descriptor_;
  std::string path_;
};

}  // namespace chat
