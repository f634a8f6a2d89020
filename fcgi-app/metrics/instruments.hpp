// What counts: numbers that live in memory which several processes share. Adding is one relaxed
// atomic operation, without a lock, because thousands of deliveries are counted in one go.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace chat {

// Only grows. Any thread may call any member.
class Counter {
 public:
  void add(std::uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
  // A lock of the process would guard nothing in shared memory.
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
};

// Goes up and down. Any thread may call any member.
class Gauge {
 public:
  void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void set(std::size_t value) { set(static_cast<std::int64_t>(value)); }
  [[nodiscard]] std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// Counts values by the first of its bounds that is not below them; one more bucket takes the rest.
template <const auto& bounds>
class Histogram {
 public:
  static constexpr std::size_t bucket_count = bounds.size() + 1;

  void observe(std::uint64_t value) {
    const auto* const bound = std::lower_bound(bounds.begin(), bounds.end(), value);
    buckets_[static_cast<std::size_t>(bound - bounds.begin())].add();
    sum_.add(value);
  }

  [[nodiscard]] std::uint64_t bucket(std::size_t i) const { return buckets_[i].value(); }
  [[nodiscard]] std::uint64_t sum() const { return sum_.value(); }
  [[nodiscard]] std::uint64_t count() const {
    std::uint64_t count = 0;
    for (const Counter& bucket : buckets_) count += bucket.value();
    return count;
  }

 private:
  std::array<Counter, bucket_count> buckets_;
  Counter sum_;
};

}  // namespace chat
