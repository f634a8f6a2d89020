#include "metrics/exposition.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>

namespace chat {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

// Numbers are divided, not multiplied: 1000 / 1e6 is the double that is written 0.001.
constexpr double us_per_second = 1e6;
constexpr double ms_per_second = 1e3;

struct CounterRow {
  const char* name;
  const char* help;
  Counter WorkerCounters::*counter;
};

constexpr CounterRow counter_rows[] = {
    {"chat_looks_total", "Looks for news in the database that were answered.",
     &WorkerCounters::looks},
    {"chat_look_failures_total", "Looks for news in the database that failed.",
     &WorkerCounters::look_failures},
    {"chat_stream_messages_total", "Messages that were given to streams.",
     &WorkerCounters::stream_messages},
    {"chat_streams_cut_total", "Streams that were cut because their clients took nothing.",
     &WorkerCounters::streams_cut},
    {"chat_messages_indexed_total", "Messages and changes that were put into the search index.",
     &WorkerCounters::messages_indexed},
    {"chat_append_failures_total", "Attempts to store a batch of messages that failed.",
     &WorkerCounters::append_failures},
    {"chat_database_reconnects_total", "Database connections made in place of lost ones.",
     &WorkerCounters::database_reconnects},
    {"chat_database_connect_failures_total", "Attempts to connect to the database that failed.",
     &WorkerCounters::database_connect_failures},
    {"chat_worker_starts_total", "Workers that were started.", &WorkerCounters::worker_starts},
};

struct GaugeRow {
  const char* name;
  const char* help;
  Gauge WorkerGauges::*gauge;
  double unit = 1;
};

constexpr GaugeRow gauge_rows[] = {
    {"chat_workers_healthy", "Workers whose picture of the database is up to date.",
     &WorkerGauges::healthy},
    {"chat_polls_parked", "Polls and streams that wait for news now.", &WorkerGauges::polls_parked},
    {"chat_streams", "Streams that are open.", &WorkerGauges::streams},
    {"chat_streams_behind", "Streams whose clients have not taken all they were sent.",
     &WorkerGauges::streams_behind},
    {"chat_stream_bytes_waiting", "Bytes that these have not taken.",
     &WorkerGauges::stream_bytes_waiting},
    {"chat_polls_limit", "Polls that may wait.", &WorkerGauges::polls_limit},
    {"chat_connections", "Open connections of the web server.", &WorkerGauges::connections},
    {"chat_connections_limit", "Connections that the web server may open.",
     &WorkerGauges::connections_limit},
    {"chat_append_queue_depth", "Messages that wait to be stored.",
     &WorkerGauges::append_queue_depth},
    {"chat_read_queue_depth", "Reads that wait for a database connection.",
     &WorkerGauges::read_queue_depth},
    {"chat_window_messages", "Newest messages in memory.", &WorkerGauges::window_messages},
    {"chat_window_bytes", "Bytes of the bodies of the newest messages in memory.",
     &WorkerGauges::window_bytes},
    {"chat_database_clock_offset_seconds", "How far the database's clock is ahead of this host's.",
     &WorkerGauges::database_clock_offset_us, us_per_second},
    {"chat_ids_ahead_seconds", "How far the last id is ahead of the database's clock.",
     &WorkerGauges::ids_ahead_us, us_per_second},
    {"chat_search_behind_seconds",
     "How long the oldest message has been waiting that is not in the search index.",
     &WorkerGauges::search_behind_ms, ms_per_second},
};

ClientMetric counter(std::uint64_t value, std::vector<ClientMetric::Label> labels = {}) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.counter.value = static_cast<double>(value);
  return metric;
}

ClientMetric gauge(double value) {
  ClientMetric metric;
  metric.gauge.value = value;
  return metric;
}

template <const auto& bounds>
ClientMetric histogram(const Histogram<bounds>& values, double unit) {
  ClientMetric metric;
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < values.bucket_count; ++i) {
    cumulative += values.bucket(i);
    ClientMetric::Bucket bucket;
    bucket.cumulative_count = cumulative;
    bucket.upper_bound = i < bounds.size() ? static_cast<double>(bounds[i]) / unit
                                           : std::numeric_limits<double>::infinity();
    metric.histogram.bucket.push_back(bucket);
  }
  // The last bucket's count, because a worker that adds while we read must not make them differ.
  metric.histogram.sample_count = cumulative;
  metric.histogram.sample_sum = static_cast<double>(values.sum()) / unit;
  return metric;
}

ClientMetric::Label label(const char* name, std::string_view value) {
  ClientMetric::Label label;
  label.name = name;
  label.value = value;
  return label;
}

MetricFamily requests_family(const WorkerCounters& counters) {
  MetricFamily family{
      "chat_requests_total", "Requests that were answered.", MetricType::Counter, {}};
  for (std::size_t route = 0; route < route_labels.size(); ++route) {
    for (std::size_t status = 0; status < status_labels.size(); ++status) {
      const std::uint64_t value = counters.requests[route][status].value();
      // Most pairs never happen; 200 is always there, so that a rate is 0 and not unknown.
      if (value == 0 && status_labels[status] != 200) continue;
      family.metric.push_back(
          counter(value, {label("route", route_labels[route]),
                          label("status", std::to_string(status_labels[status]))}));
    }
  }
  return family;
}

MetricFamily polls_family(const WorkerCounters& counters) {
  MetricFamily family{"chat_polls_answered_total",
                      "Polls that had waited, by what ended the wait.",
                      MetricType::Counter,
                      {}};
  for (std::size_t end = 0; end < poll_end_labels.size(); ++end) {
    family.metric.push_back(
        counter(counters.polls_answered[end].value(), {label("reason", poll_end_labels[end])}));
  }
  return family;
}

MetricFamily streams_family(const WorkerCounters& counters) {
  MetricFamily family{"chat_streams_ended_total",
                      "Streams that ended, by what ended them.",
                      MetricType::Counter,
                      {}};
  for (std::size_t end = 0; end < stream_end_labels.size(); ++end) {
    family.metric.push_back(
        counter(counters.streams_ended[end].value(), {label("reason", stream_end_labels[end])}));
  }
  return family;
}

template <const auto& bounds>
MetricFamily histogram_family(const char* name, const char* help, const Histogram<bounds>& values,
                              double unit) {
  return {name, help, MetricType::Histogram, {histogram(values, unit)}};
}

}  // namespace

std::string render_exposition(const HostMetrics& host) {
  const WorkerCounters& counters = host.counters;
  std::vector<MetricFamily> families = {
      requests_family(counters),
      polls_family(counters),
      streams_family(counters),
      histogram_family(
          "chat_poll_delivery_seconds",
          "From the time of a message's id to the answer of a poll that waited for it.",
          counters.poll_delivery_us, us_per_second),
      histogram_family("chat_append_seconds",
                       "To store one batch of messages, retries not counted.", counters.append_us,
                       us_per_second),
      histogram_family("chat_append_batch_size", "Messages in one batch that was stored.",
                       counters.append_batch_size, 1),
      {"chat_workers",
       "Workers that run on this host.",
       MetricType::Gauge,
       {gauge(static_cast<double>(host.workers.size()))}}};
  for (const auto& [name, help, member] : counter_rows) {
    families.push_back({name, help, MetricType::Counter, {counter((counters.*member).value())}});
  }
  for (const auto& [name, help, member, unit] : gauge_rows) {
    const auto value = static_cast<double>((host.gauges.*member).value());
    families.push_back({name, help, MetricType::Gauge, {gauge(value / unit)}});
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace chat
