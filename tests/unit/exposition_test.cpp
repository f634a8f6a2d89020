#include "metrics/exposition.hpp"

#include "catch.hpp"
#include "http/status_page.hpp"

using namespace chat;
using std::chrono::seconds;

namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::unique_ptr<HostMetrics> busy_host() {
  auto host = std::make_unique<HostMetrics>();
  host->shared = true;
  host->workers = {{17, seconds{0}}, {18, seconds{86'400}}};
  host->gauges.polls_parked.set(std::size_t{1234567});
  host->gauges.healthy.set(std::size_t{1});
  host->gauges.database_clock_offset_us.set(std::int64_t{-1500});
  host->gauges.ids_ahead_us.set(std::int64_t{2'500'000});
  host->gauges.search_behind_ms.set(std::int64_t{1500});
  host->gauges.streams.set(std::size_t{1});
  host->gauges.streams_behind.set(std::size_t{1});
  host->gauges.stream_bytes_waiting.set(std::size_t{4096});
  host->counters.stream_messages.add(3);
  host->counters.stream_ended(StreamEnd::gone).add(2);
  host->counters.streams_cut.add();
  host->counters.request(RouteLabel::get_messages, 200).add(5);
  host->counters.request(RouteLabel::post_messages, 503).add(2);
  host->counters.poll_answered(PollEnd::gone).add(3);
  host->counters.poll_delivery_us.observe(1'000);
  host->counters.poll_delivery_us.observe(1'001);
  host->counters.poll_delivery_us.observe(20'000'000);
  host->counters.append_batch_size.observe(7);
  return host;
}

}  // namespace

TEST_CASE("Prometheus reads the sums, in its own units") {
  const std::string text = render_exposition(*busy_host());
  const std::string line = GENERATE(
      "chat_workers 2\n", "chat_workers_healthy 1\n", "chat_polls_parked 1234567\n",
      "chat_requests_total{route=\"GET /messages\",status=\"200\"} 5\n",
      "chat_requests_total{route=\"POST /messages\",status=\"503\"} 2\n",
      "chat_requests_total{route=\"GET /status\",status=\"200\"} 0\n",
      "chat_polls_answered_total{reason=\"gone\"} 3\n",
      "chat_poll_delivery_seconds_bucket{le=\"0.001\"} 1\n",
      "chat_poll_delivery_seconds_bucket{le=\"10\"} 2\n",
      "chat_poll_delivery_seconds_bucket{le=\"+Inf\"} 3\n", "chat_poll_delivery_seconds_count 3\n",
      "chat_append_batch_size_sum 7\n", "chat_database_clock_offset_seconds -0.0015\n",
      "chat_ids_ahead_seconds 2.5\n", "chat_search_behind_seconds 1.5\n",
      "# TYPE chat_poll_delivery_seconds histogram\n", "# TYPE chat_looks_total counter\n");
  CAPTURE(text);
  CHECK(holds(text, line));
  CHECK_FALSE(holds(text, "status=\"413\""));
}

TEST_CASE("The status page says it in words") {
  const std::string page = render_status_page(*busy_host());
  const std::string words =
      GENERATE("2 workers on this host, 1 without its database.",
               "Process 18, since 1970-01-02 00:00:00 UTC",
               "1,234,567 of at most 0 polls and streams wait for news.",
               "1 stream is open, 1 of them behind, with 4,096 bytes not yet taken.",
               "The search index is 1.5 s behind.",
               "3 messages sent by streams. Of those that ended, 2 lost their client (1 cut for "
               "being too slow)",
               "7 requests, of which 2 failed here", "0 timed out, 3 lost their client",
               "Half of 3 deliveries took at most 2.0 ms, 99 of 100 took more than 10000.0 ms.",
               "7 messages stored in 1 batch, in ");
  CAPTURE(page);
  CHECK(holds(page, words));
}

TEST_CASE("The status page says when a worker counts for itself alone") {
  const Scoreboard alone("");
  CHECK(holds(render_status_page(*alone.read()), "This worker, which counts for itself alone"));
}
