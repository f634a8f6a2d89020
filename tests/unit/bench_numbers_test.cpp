#include "bench/load/histogram.hpp"
#include "bench/load/latencies.hpp"

#include "catch.hpp"

using load::Histogram;
using load::Latencies;

TEST_CASE(
    "A bucket holds the time it is filled with, and tells it wrong by a thirty-second at most") {
  for (std::uint64_t us = 0; us < 1'000'000'000; us += 1 + us / 50) {
    CAPTURE(us);
    Histogram histogram;
    histogram.add(us);
    const auto buckets = histogram.buckets();
    REQUIRE(buckets.size() == 1);
    CHECK(buckets[0].first >= us);
    CHECK(buckets[0].first <= us + us / 32);
    CHECK(buckets[0].second == 1);
  }
}

TEST_CASE("Buckets ascend, and each ends where the next begins") {
  Histogram histogram;
  constexpr std::uint64_t end = 1 << 12;
  for (std::uint64_t us = 0; us < end; ++us) histogram.add(us);
  std::uint64_t next = 0;
  for (const auto& [upper_us, count] : histogram.buckets()) {
    CHECK(upper_us + 1 - next == count);
    next = upper_us + 1;
  }
  CHECK(next == end);
}

TEST_CASE("The percentiles of a histogram are those of what it was given") {
  Histogram histogram;
  CHECK(histogram.percentile_us(0.5) == 0);
  for (std::uint64_t us = 1; us <= 100'000; ++us) histogram.add(us);
  CHECK(histogram.count() == 100'000);
  CHECK(histogram.percentile_us(0.5) >= 50'000);
  CHECK(histogram.percentile_us(0.5) <= 51'600);
  CHECK(histogram.percentile_us(0.99) >= 99'000);
  CHECK(histogram.percentile_us(1) == 100'000);
  CHECK(histogram.max_us() == 100'000);
}

TEST_CASE("A time beyond all buckets is counted in the last") {
  Histogram histogram;
  histogram.add(~std::uint64_t{0});
  CHECK(histogram.buckets().size() == 1);
  CHECK(histogram.max_us() == ~std::uint64_t{0});
}

TEST_CASE("The percentiles of latencies are times that occurred") {
  Latencies latencies;
  CHECK(latencies.percentile_us(0.5) == 0);
  CHECK(latencies.mean_us() == 0);
  for (const auto us : {40, 10, 30, 20}) latencies.add(us * load::ns_per_us);
  CHECK(latencies.percentile_us(0.25) == 10);
  CHECK(latencies.percentile_us(0.5) == 20);
  CHECK(latencies.percentile_us(0.51) == 30);
  CHECK(latencies.percentile_us(1) == 40);
  CHECK(latencies.mean_us() == 25);
  latencies.add(5 * load::ns_per_us);
  CHECK(latencies.percentile_us(0) == 5);
}
