#include "metrics/worker_metrics.hpp"

#include <cstdlib>
#include <span>

namespace chat {
namespace {

WorkerMetrics of_process;
WorkerMetrics* current = &of_process;

// The instruments that an object is made of.
template <class Instrument, class Object>
auto instruments_of(Object& object) {
  static_assert(sizeof(Object) % sizeof(Instrument) == 0);
  auto* const first = reinterpret_cast<Instrument*>(&object);
  return std::span(first, sizeof(Object) / sizeof(Instrument));
}

}  // namespace

WorkerMetrics& metrics() { return *current; }

void count_in(WorkerMetrics& where) { current = &where; }

Counter& WorkerCounters::request(RouteLabel route, int status) {
  const auto* const found = std::find(status_labels.begin(), status_labels.end() - 1, status);
  return requests[static_cast<std::size_t>(route)]
                 [static_cast<std::size_t>(found - status_labels.begin())];
}

void WorkerCounters::add(const WorkerCounters& other) {
  const auto sums = instruments_of<Counter>(*this);
  const auto summands = instruments_of<const Counter>(other);
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i].add(summands[i].value());
}

void WorkerGauges::add(const WorkerGauges& other) {
  const std::int64_t ours = database_clock_offset_us.value();
  const std::int64_t theirs = other.database_clock_offset_us.value();
  const std::int64_t lead = std::max(ids_ahead_us.value(), other.ids_ahead_us.value());
  const std::int64_t delay = std::max(search_behind_ms.value(), other.search_behind_ms.value());
  const auto sums = instruments_of<Gauge>(*this);
  const auto summands = instruments_of<const Gauge>(other);
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i].set(sums[i].value() + summands[i].value());
  database_clock_offset_us.set(std::abs(theirs) > std::abs(ours) ? theirs : ours);
  ids_ahead_us.set(lead);
  search_behind_ms.set(delay);
}

void WorkerGauges::reset() {
  for (Gauge& gauge : instruments_of<Gauge>(*this)) gauge.set(std::int64_t{0});
}

}  // namespace chat
