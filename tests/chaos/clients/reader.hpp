// Follows one room, or all, by polls or streams, from where it was told to go on.
#pragma once

#include "chaos/clients/event_stream.hpp"
#include "chaos/clients/notebook.hpp"

namespace chaos {

class Reader {
 public:
  Reader(Run& run, unsigned number);

  // Ends when everything is written and read.
  Task<void> read();

 private:
  Task<void> start();
  Task<void> begin_with_newest();
  Task<void> poll();
  Task<void> stream();
  Task<bool> open_stream(std::uint64_t asked_at);
  Task<void> pause();
  [[nodiscard]] bool streams_now();

  Run& run_;
  const Habits habits_;
  const std::string name_;
  Random random_;
  HttpClient client_;
  EventStream stream_;
  Notebook notebook_;
  bool done_ = false;
  // Of somebody who takes turns.
  bool streams_ = false;
  std::uint64_t polls_left_ = 0;
};

}  // namespace chaos
