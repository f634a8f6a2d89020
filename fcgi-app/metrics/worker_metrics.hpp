// The numbers of one worker. They lie in the scoreboard, where every worker of the host can read
// them; docs/metrics.md says what each means.
#pragma once

#include <string_view>

#include "metrics/instruments.hpp"

namespace chat {

// Label values. What is not in a list is counted under its last entry.
enum class RouteLabel {
  post_messages,
  get_messages,
  stream_messages,
  get_rooms,
  get_message,
  patch_message,
  delete_message,
  get_healthz,
  get_metrics,
  get_status,
  other
};
inline constexpr std::array<std::string_view, 11> route_labels = {"POST /messages",
                                                                  "GET /messages",
                                                                  "GET /messages as a stream",
                                                                  "GET /rooms",
                                                                  "GET /messages/{id}",
                                                                  "PATCH /messages/{id}",
                                                                  "DELETE /messages/{id}",
                                                                  "GET /healthz",
                                                                  "GET /metrics",
                                                                  "GET /status",
                                                                  "other"};
inline constexpr std::array<int, 13> status_labels = {200, 204, 400, 403, 404, 405, 410,
                                                      412, 413, 415, 422, 503, 500};
// What ended a stream; one that was cut is among the gone, and counted besides.
enum class StreamEnd { gone, age, shutdown, overloaded };
inline constexpr std::array<std::string_view, 4> stream_end_labels = {"gone", "age", "shutdown",
                                                                      "overloaded"};
enum class PollEnd { news, timeout, shutdown, gone };
inline constexpr std::array<std::string_view, 4> poll_end_labels = {"news", "timeout", "shutdown",
                                                                    "gone"};

inline constexpr std::array<std::uint64_t, 13> delivery_bounds_us = {
    1'000,   2'000,   5'000,   10'000,    25'000,    50'000,    100'000,
    250'000, 500'000, 1000000, 2'500'000, 5'000'000, 10'000'000};
inline constexpr std::array<std::uint64_t, 11> append_bounds_us = {
    500, 1'000, 2'500, 5'000, 10'000, 25'000, 50'000, 100'000, 250'000, 1'000'000, 5'000'000};
inline constexpr std::array<std::uint64_t, 10> batch_bounds = {1,  2,   5,   10,  20,
                                                               50, 100, 200, 500, 1000};

// Made of Counters alone, so that those of several workers can be added up word by word.
struct WorkerCounters {
  std::array<std::array<Counter, status_labels.size()>, route_labels.size()> requests;
  std::array<Counter, poll_end_labels.size()> polls_answered;
  std::array<Counter, stream_end_labels.size()> streams_ended;
  Counter streams_cut;
  Counter stream_messages;
  Counter messages_indexed;
  Counter looks;
  Counter look_failures;
  Counter append_failures;
  Counter database_reconnects;
  Counter database_connect_failures;
  Counter worker_starts;
  Histogram<delivery_bounds_us> poll_delivery_us;
  Histogram<append_bounds_us> append_us;
  Histogram<batch_bounds> append_batch_size;

  Counter& request(RouteLabel route, int status);
  Counter& stream_ended(StreamEnd end) { return streams_ended[static_cast<std::size_t>(end)]; }
  Counter& poll_answered(PollEnd end) { return polls_answered[static_cast<std::size_t>(end)]; }

  void add(const WorkerCounters& other);
};

// Made of Gauges alone, for the same reason.
struct WorkerGauges {
  Gauge polls_parked;
  Gauge polls_limit;
  Gauge streams;
  Gauge streams_behind;        // that have not taken all they were sent
  Gauge stream_bytes_waiting;  // of these
  Gauge connections;
  Gauge connections_limit;
  Gauge append_queue_depth;
  Gauge read_queue_depth;
  Gauge window_messages;
  Gauge window_bytes;
  Gauge healthy;                   // 1 or 0
  Gauge database_clock_offset_us;  // how far the database's clock is ahead of this host's

  Gauge ids_ahead_us;      // how far the last id is ahead of the database's clock, or 0
  Gauge search_behind_ms;  // how long the next message has been waiting for the search index

  // Sums; of the clock's offset, the ids' lead and the delay of the index the one that is furthest
  // from zero, because they are the database's.
  void add(const WorkerGauges& other);
  void reset();
};

struct WorkerMetrics {
  WorkerCounters counters;
  WorkerGauges gauges;
};

// This process's own, like the log: one for the whole process. Any thread may count.
WorkerMetrics& metrics();

// Where to count from now on. Call once, before the first thread starts; `where` must outlive them.
void count_in(WorkerMetrics& where);

}  // namespace chat
