// What one reader of a busy room has been given, against what was written.
//
// Each message carries the time of its POST and its number in the room, "ns=... seq=...", and the
// last one how many there were, "ns=... end=...". Writers overtake each other, so numbers may come
// in any order; it is the ids that have to ascend.
#pragma once

#include "bench/load/clock.hpp"
#include "bench/load/histogram.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace load {

struct Mark {
  Nanoseconds posted_ns = 0;
  bool is_end = false;
  std::uint64_t number = 0;
};

// Filled up to `bytes` where there is room left.
std::string mark_text(const Mark& mark, std::size_t bytes);
std::optional<Mark> read_mark(std::string_view message);

struct Deliveries {
  Histogram delays;
  std::uint64_t doubled = 0;
  std::uint64_t out_of_order = 0;
};

class DeliveryCheck {
 public:
  // Messages from before `began_ns` belong to somebody else.
  void take(std::string_view page, Nanoseconds arrived_ns, Nanoseconds began_ns,
            Deliveries& deliveries);

  bool ended() const { return total_.has_value(); }
  // Of as many as the room's end says; without an end, up to the last number seen.
  std::uint64_t lost() const { return total_.value_or(greatest_ + (seen_ > 0 ? 1 : 0)) - seen_; }

 private:
  bool see(std::uint64_t number);

  std::string last_id_;
  std::vector<bool> numbers_;
  std::uint64_t seen_ = 0;
  std::uint64_t greatest_ = 0;
  std::optional<std::uint64_t> total_;
};

}  // namespace load
