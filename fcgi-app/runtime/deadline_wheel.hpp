// Thousands of deadlines on one tick. A timer for each waiting poll costs the loop its idle time;
// here arming and disarming is two pointers, and a tick touches only what is due.
#pragma once

#include <array>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstdint>

namespace chat {

// Anything that may come too late. Disarms itself when it is destroyed.
class Deadline : public boost::intrusive::list_base_hook<
                     boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  Deadline() = default;
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  virtual ~Deadline() = default;

  void disarm() {
    if (is_linked()) unlink();
  }

  // Called once, by tick(), already disarmed. May arm or destroy any deadline, this one included.
  virtual void on_deadline() = 0;
};

// Time is counted in ticks that the owner gives, not read from a clock: a worker that was stopped
// (SIGSTOP, a suspended machine) does not find all its polls and posts expired when it goes on, and
// the tests move time by hand. Only on the loop's thread.
class DeadlineWheel {
 public:
  using Tick = std::uint64_t;
  static constexpr std::chrono::milliseconds tick_length{100};
  // The longest wait is 1023 ticks (102 s); arm() refuses none, it shortens.
  static constexpr std::size_t slot_count = 1024;

  [[nodiscard]] Tick now() const { return now_; }
  [[nodiscard]] Tick after(std::chrono::milliseconds wait) const;

  // Calls on_deadline() at the tick `due`; at the next one when that has passed.
  void arm(Deadline& deadline, Tick due);

  // The owner calls this every `tick_length`.
  void tick();

 private:
  using Slot = boost::intrusive::list<Deadline, boost::intrusive::constant_time_size<false>>;

  Slot& slot(Tick tick) { return slots_[tick % slot_count]; }

  Tick now_ = 0;
  std::array<Slot, slot_count> slots_;
};

}  // namespace chat
