// Opens many clients without overrunning the queues in which servers hold new connections.
//
// A connection is made for us as soon as the kernel has queued it; whether the server has taken it
// is not to be seen, and a queue that overflows drops what it cannot hold. So after each batch one
// more connection asks something that is answered at once. Queues are first come, first served:
// its answer says that the batch was taken, by nginx and by what is behind it.
#pragma once

#include "bench/load/exchange.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace load {

struct RampPlan {
  std::size_t clients = 0;
  std::size_t batch = 0;
  std::string probe;
};

class Ramp {
 public:
  // `open` begins client i, each of which has to report to opened() once.
  Ramp(Network& network, RampPlan plan, std::function<void(std::size_t)> open,
       std::function<void()> finished);

  void start();
  void opened();
  void print_parked() const;

 private:
  void open_batch();
  void probe();
  void go_on();

  Network& network_;
  const RampPlan plan_;
  const std::function<void(std::size_t)> open_;
  const std::function<void()> finished_;
  Nanoseconds began_ns_ = 0;
  Nanoseconds ended_ns_ = 0;
  std::size_t begun_ = 0;
  std::size_t opened_ = 0;
  // Probes without an answer for seconds: a server that does one thing after the other.
  unsigned unanswered_ = 0;
  bool probing_ = false;
  // Kept open, for closing one while it reports would be one more case to think of.
  std::vector<std::unique_ptr<Exchange>> probes_;
};

}  // namespace load
