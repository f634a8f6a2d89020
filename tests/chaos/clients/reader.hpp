// Follows one room by long polling, each time with the last id that it saw.
#pragma once

#include "chaos/clients/run.hpp"

namespace chaos {

class Reader {
 public:
  Reader(Run& run, unsigned number);

  // Ends when everything is written and read.
  Task<void> read();

 private:
  // Each reader is of one kind, so that every kind is there whatever the seed.
  struct Habits {
    unsigned limit;
    int timeout_s;  // negative: not said, which means 10
    bool from_the_middle;
    bool late;
    unsigned pause_ms;  // at most, between two polls
    bool impatient;     // goes away in the middle of a poll now and then
  };
  static const Habits kinds[];

  Task<void> start();
  Task<bool> start_in_the_middle();
  Task<Answer> poll(bool may_leave);
  // False when there was nothing.
  bool take(const Answer& answer, std::uint64_t asked_at);
  [[nodiscard]] std::string query() const;
  void print_start() const;

  Run& run_;
  const unsigned number_;
  const std::string name_;
  const std::string room_;
  const Habits habits_;
  Random random_;
  HttpClient client_;
  ReadHistory history_;
  Id after_{};
};

}  // namespace chaos
