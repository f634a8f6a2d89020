// The one clock: CLOCK_MONOTONIC in nanoseconds. It is the same for all processes of a machine, so
// what several of them print can be put together.
#pragma once

#include <time.h>

#include <cstdint>

namespace load {

using Nanoseconds = std::int64_t;

constexpr Nanoseconds ns_per_us = 1'000;
constexpr Nanoseconds ns_per_ms = 1'000'000;
constexpr Nanoseconds ns_per_s = 1'000'000'000;

inline Nanoseconds now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * ns_per_s + now.tv_nsec;
}

inline double seconds_of(Nanoseconds ns) { return static_cast<double>(ns) / ns_per_s; }

}  // namespace load
