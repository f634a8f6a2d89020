#include "runtime/deadline_wheel.hpp"

#include <algorithm>

namespace chat {

DeadlineWheel::Tick DeadlineWheel::after(std::chrono::milliseconds wait) const {
  if (wait.count() <= 0) return now_;
  // Rounded up, and a tick more, because the present one may be about to end: nobody is told that
  // his time is over before it is.
  return now_ + 1 +
         static_cast<Tick>((wait + tick_length - std::chrono::milliseconds{1}) / tick_length);
}

void DeadlineWheel::arm(Deadline& deadline, Tick due) {
  deadline.disarm();
  slot(std::clamp(due, now_ + 1, now_ + slot_count - 1)).push_back(deadline);
}

void DeadlineWheel::tick() {
  ++now_;
  // Spliced out first: whoever is called may arm a deadline that falls into this slot again.
  Slot due;
  due.splice(due.end(), slot(now_));
  while (!due.empty()) {
    Deadline& deadline = due.front();
    deadline.disarm();
    deadline.on_deadline();
  }
}

}  // namespace chat
