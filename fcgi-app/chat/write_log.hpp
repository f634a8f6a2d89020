// What the log and the metrics are told of the batches that are written.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "failure_log.hpp"
#include "metrics/worker_metrics.hpp"

namespace chat {

inline constexpr Failure append_failed{LogLevel::warning, "append failed", "appending works again",
                                       /*ends_with_success=*/true};

// The line of a batch belongs to many requests; a few of their ids lead to the rest.
template <class Write>
std::string request_ids_of(const std::vector<Write>& batch) {
  constexpr std::size_t most = 5;
  std::string ids;
  for (std::size_t i = 0; i < std::min(batch.size(), most); ++i) {
    if (!ids.empty()) ids += ',';
    ids += batch[i].request_id;
  }
  return ids;
}

template <class Write>
void log_failure(const std::vector<Write>& batch, const char* why) {
  failure_log().happened(append_failed, {{"request_id", request_ids_of(batch)},
                                         {"messages", std::to_string(batch.size())},
                                         {"error", why}});
  metrics().counters.append_failures.add();
}

inline void count(std::size_t messages, std::chrono::steady_clock::duration taken) {
  WorkerCounters& counters = metrics().counters;
  counters.append_batch_size.observe(messages);
  counters.append_us.observe(static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(taken).count()));
}

}  // namespace chat
