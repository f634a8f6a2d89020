// What happens, as JSON lines on standard output: each error when it is seen, the counts each
// second and once more at the end. Times are milliseconds of the monotonic clock, which is the same
// for all processes of a host.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "chaos/clients/habits.hpp"
#include "chaos/clients/http_client.hpp"
#include "chaos/clients/seen.hpp"

namespace chaos {

// The longest time in which something did not happen.
class Pause {
 public:
  explicit Pause(std::uint64_t now) : last_(now), from_(now), to_(now) {}

  void happened(std::uint64_t now) {
    if (now - last_ > to_ - from_) from_ = last_, to_ = now;
    last_ = now;
  }
  [[nodiscard]] std::uint64_t from() const { return from_; }
  [[nodiscard]] std::uint64_t to() const { return to_; }

 private:
  std::uint64_t last_, from_, to_;
};

// What all readers of one kind did.
struct ReaderCounts {
  unsigned readers = 0;
  std::uint64_t answers = 0;  // and streams
  std::uint64_t read = 0;     // messages, each as often as it was told
  std::uint64_t changes = 0;  // of these: edits and deletions
};

class Report {
 public:
  Report();

  // An answer that is no success, or none.
  void error(const std::string& who, const Answer& answer, std::uint64_t asked_at);
  // Something about the answer itself is not as promised.
  void error(const std::string& who, const std::string& kind, const std::string& detail,
             std::uint64_t asked_at);

  void acknowledged(std::uint64_t asked_at);
  void read(const Habits& habits, const std::vector<Seen>& messages);
  void print();

  std::uint64_t sent = 0;
  std::uint64_t unknown = 0;     // attempts whose outcome the client did not learn
  std::uint64_t resolved = 0;    // of those: learnt by repeating
  std::uint64_t unresolved = 0;  // of those: never, for want of a key
  std::uint64_t repeated = 0;    // POSTs that were repeated on purpose, and answered
  std::uint64_t edited = 0;      // changes that were sent, and answered
  std::uint64_t deleted = 0;
  std::uint64_t missed = 0;       // changes of what was gone
  std::uint64_t begun_again = 0;  // by readers who were told of another epoch
  unsigned writers = 0;           // that have not ended
  unsigned readers = 0;

  ReaderCounts& of(const Habits& habits) {
    return kinds_[2 * static_cast<std::size_t>(habits.way) + (habits.changes ? 1 : 0)].counts;
  }

 private:
  struct Kind {
    Habits habits;
    ReaderCounts counts{};
  };
  std::array<Kind, 6> kinds_{{{{.way = Way::polls}},
                              {{.way = Way::polls, .changes = true}},
                              {{.way = Way::streams}},
                              {{.way = Way::streams, .changes = true}},
                              {{.way = Way::turns}},
                              {{.way = Way::turns, .changes = true}}}};
  std::uint64_t acknowledged_ = 0;
  std::uint64_t slowest_post_ms_ = 0;
  Pause writing_;
  Pause reading_;
};

}  // namespace chaos
