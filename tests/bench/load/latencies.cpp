#include "bench/load/latencies.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace load {

double Latencies::percentile_us(double share) {
  if (ns_.empty()) return 0;
  if (!sorted_) std::sort(ns_.begin(), ns_.end());
  sorted_ = true;
  // The least time that at least this share does not exceed.
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(ns_.size())));
  return static_cast<double>(ns_[std::clamp<std::size_t>(rank, 1, ns_.size()) - 1]) / ns_per_us;
}

double Latencies::mean_us() const {
  if (ns_.empty()) return 0;
  const auto sum = std::accumulate(ns_.begin(), ns_.end(), Nanoseconds{0});
  return static_cast<double>(sum) / static_cast<double>(ns_.size()) / ns_per_us;
}

}  // namespace load
