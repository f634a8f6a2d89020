// Times of which there are few enough to keep each.
#pragma once

#include "bench/load/clock.hpp"

#include <cstddef>
#include <vector>

namespace load {

class Latencies {
 public:
  void add(Nanoseconds ns) {
    ns_.push_back(ns);
    sorted_ = false;
  }
  std::size_t count() const { return ns_.size(); }
  // 0 when there are none. `share` of 1 is the greatest.
  double percentile_us(double share);
  double mean_us() const;

 private:
  std::vector<Nanoseconds> ns_;
  bool sorted_ = false;
};

}  // namespace load
