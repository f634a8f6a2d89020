// What all connections of this process share: the target, the addresses they come from, the buffer
// that answers are read into, and what is counted.
#pragma once

#include "bench/load/event_loop.hpp"
#include "bench/load/http_answer.hpp"
#include "bench/load/options.hpp"

#include <netinet/in.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace load {

struct Tally {
  std::uint64_t requests = 0;
  std::uint64_t empty_answers = 0;
  std::uint64_t failed = 0;
  std::uint64_t reconnects = 0;

  Tally operator-(const Tally& other) const {
    return {requests - other.requests, empty_answers - other.empty_answers, failed - other.failed,
            reconnects - other.reconnects};
  }
};

// Something that waits for an answer, and not for ever.
class Patient {
 public:
  virtual void give_up_if_asked_before(Nanoseconds ns) = 0;

 protected:
  ~Patient() = default;
};

class Network {
 public:
  // `patience_s`: how long an answer may take; 0: for ever. Also sets the deadline of it all.
  Network(EventLoop& loop, const Options& options, unsigned patience_s);
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  // A socket that is connecting; -1 with errno. One address has 28,000 ports to connect from,
  // which is why there are several.
  int connect();

  void add(Patient& patient) { patients_.push_back(&patient); }
  void count_failure(std::string_view reason);
  void count_failure(const Answer& answer);
  // The first reason since it was last taken.
  std::string take_first_failure();

  EventLoop& loop;
  Tally tally;
  std::vector<char> buffer;
  std::string scratch;

 private:
  void look_for_impatient();
  [[noreturn]] void fail_at_deadline(unsigned deadline_s);

  sockaddr_in target_{};
  unsigned sources_;
  unsigned next_source_ = 0;
  Nanoseconds patience_ns_;
  std::vector<Patient*> patients_;
  std::string first_failure_;
};

}  // namespace load
