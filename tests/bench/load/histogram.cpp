#include "bench/load/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace load {

// Below 32 a bucket is a number. From there on the power of two says the row, and the five bits
// after the highest the bucket in it.
std::size_t Histogram::bucket_of(std::uint64_t us) {
  us = std::min(us, (std::uint64_t{1} << largest_bits) - 1);
  const auto bits = static_cast<unsigned>(std::bit_width(us));
  if (bits <= sub_bits) return us;
  const unsigned row = bits - sub_bits - 1;
  return (row << sub_bits) + (us >> row);
}

std::uint64_t Histogram::upper_us(std::size_t bucket) {
  constexpr std::size_t in_row = 1 << sub_bits;
  if (bucket < in_row) return bucket;
  const std::size_t row = bucket / in_row - 1;
  return ((bucket % in_row + in_row + 1) << row) - 1;
}

void Histogram::add(std::uint64_t us) {
  ++counts_[bucket_of(us)];
  ++count_;
  max_us_ = std::max(max_us_, us);
}

std::uint64_t Histogram::percentile_us(double share) const {
  const auto rank = std::max(1.0, std::ceil(share * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (static_cast<double>(seen) >= rank) return std::min(upper_us(i), max_us_);
  }
  return max_us_;
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> Histogram::buckets() const {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> filled;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] > 0) filled.emplace_back(upper_us(i), counts_[i]);
  }
  return filled;
}

}  // namespace load
