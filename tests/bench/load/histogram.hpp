// Times of which there are millions: counted in buckets that grow with what they hold, 32 for each
// power of two, so that no time is told wrong by more than a thirty-second. Histograms of several
// processes can be added, bucket by bucket.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace load {

class Histogram {
 public:
  void add(std::uint64_t us);
  std::uint64_t count() const { return count_; }
  std::uint64_t max_us() const { return max_us_; }
  // The upper end of the bucket, but not more than the greatest of all; 0 when there are none.
  std::uint64_t percentile_us(double share) const;
  // The buckets that hold something: the greatest time that belongs to each, and its count.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> buckets() const;

 private:
  static constexpr unsigned sub_bits = 5;
  static constexpr unsigned largest_bits = 40;  // twelve days

  static std::size_t bucket_of(std::uint64_t us);
  static std::uint64_t upper_us(std::size_t bucket);

  std::array<std::uint64_t, (largest_bits - sub_bits + 1) << sub_bits> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_us_ = 0;
};

}  // namespace load
