// Failures that come again and again, in the log: a line when one begins, one now and then with how
// often it has come since, and one when it is over. An outage must not fill the disk, nor hide what
// else happens in it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "log.hpp"

namespace chat {

// A kind of failure: a constant of the file that meets it, known by its address.
struct Failure {
  LogLevel level;
  std::string_view event;  // of the first line and of those that follow
  std::string_view end;    // the event of the last one
  // By the first success after it; else when it has not come for a while.
  bool ends_with_success = false;
};

// Any thread may call any member.
class FailureLog {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds default_interval{60'000};

  // Between two lines about a failure that goes on, and how long one must not have come to be over.
  // After a success a sixth of that is enough, so that a database that comes and goes is one
  // failure. Call before other threads use it.
  void set_interval(std::chrono::milliseconds interval) { interval_ = interval; }

  // Logged at once when it is the first one, else counted. `which` tells apart failures of one
  // kind; there must be few of them. Each is one more line.
  void happened(const Failure& failure, LogFields fields, std::string_view which = {},
                Clock::time_point now = Clock::now());

  // What the failure is about has worked. Costs next to nothing while nothing fails.
  void succeeded(const Failure& failure, Clock::time_point now = Clock::now());

  // Writes the lines that are due. Call often: nobody else does.
  void tell(Clock::time_point now = Clock::now());

 private:
  struct Open {
    const Failure* failure;
    std::string which;
    Clock::time_point begin;
    Clock::time_point last;
    Clock::time_point told_at;
    std::optional<Clock::time_point> success;  // after the last one
    std::size_t times = 1;
    std::size_t untold = 0;
    std::vector<LogField> fields;  // of the last one
  };

  [[nodiscard]] bool is_over(const Open& open, Clock::time_point now) const;
  static void tell_again(Open& open, Clock::time_point now);
  static void tell_end(const Open& open);

  std::chrono::milliseconds interval_ = default_interval;
  std::atomic<bool> idle_{true};
  std::mutex mutex_;
  std::vector<Open> open_;  // guarded by mutex_
};

// This process's own, like the log.
FailureLog& failure_log();

}  // namespace chat
