// What happens, as JSON lines on standard output: each error when it is seen, the counts each
// second and once more at the end. Times are milliseconds of the monotonic clock, which is the same
// for all processes of a host.
#pragma once

#include <cstdint>
#include <string>

#include "chaos/clients/http_client.hpp"

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

class Report {
 public:
  Report();

  // An answer that is not 200, or none.
  void error(const std::string& who, const Answer& answer, std::uint64_t asked_at);
  // Something about the answer itself is not as promised.
  void error(const std::string& who, const std::string& kind, const std::string& detail,
             std::uint64_t asked_at);

  void acknowledged(std::uint64_t asked_at);
  void read(std::size_t messages);
  void print();

  std::uint64_t sent = 0;
  std::uint64_t unknown = 0;     // attempts whose outcome the client did not learn
  std::uint64_t resolved = 0;    // of those: learnt by repeating
  std::uint64_t unresolved = 0;  // of those: never, for want of a key
  std::uint64_t repeated = 0;    // POSTs that were repeated on purpose, and answered
  std::uint64_t polls = 0;
  unsigned writers = 0;  // that have not ended
  unsigned readers = 0;

 private:
  std::uint64_t acknowledged_ = 0;
  std::uint64_t read_ = 0;
  std::uint64_t slowest_post_ms_ = 0;
  Pause writing_;
  Pause reading_;
};

}  // namespace chaos
