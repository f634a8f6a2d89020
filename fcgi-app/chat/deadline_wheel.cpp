#include "chat/deadline_wheel.hpp"

#include <algorithm>

namespace chat {

DeadlineWheel::Tick DeadlineWheel::after(std::chrono::milliseconds wait) const {
  // Rounded up: nobody is told that his time is over before it is.
  return now_ +
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
