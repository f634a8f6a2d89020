// The lines of standard input, in the same loop as everything else.
#pragma once

#include "bench/load/event_loop.hpp"

#include <functional>
#include <string>
#include <vector>

namespace load {

class CommandInput final : public EventHandler {
 public:
  using Words = std::vector<std::string>;

  // Each line is given as its words; the end of the input as none.
  CommandInput(EventLoop& loop, std::function<void(const Words&)> obey);

  void handle_events(std::uint32_t events) override;

 private:
  void obey_lines();

  const std::function<void(const Words&)> obey_;
  std::string text_;
};

}  // namespace load
