// A coroutine's wait for nothing but time.
#pragma once

#include <chrono>

#include "runtime/ticket.hpp"

namespace chat {

// At most 102 s (see DeadlineWheel). Only on the loop's thread.
inline Task<void> pause(DeadlineWheel& wheel, std::chrono::milliseconds time) {
  Ticket<bool> ticket;
  co_await ticket.result(wheel, wheel.after(time));
}

}  // namespace chat
