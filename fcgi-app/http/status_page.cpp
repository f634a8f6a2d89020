#include "http/status_page.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace chat {
namespace {

constexpr std::string_view page_head =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"refresh\" content=\"5\">\n<title>Chat status</title>\n</head>\n<body>\n";

// 1234567 is 1,234,567.
std::string text_of(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t end = text.size(); end > 3; end -= 3) text.insert(end - 3, ",");
  return text;
}

std::string text_of(const Gauge& gauge) {
  return text_of(static_cast<std::uint64_t>(gauge.value()));
}

std::string counted(std::uint64_t number, const std::string& noun, const char* plural = "s") {
  return text_of(number) + ' ' + noun + (number == 1 ? "" : plural);
}

// 1234 thousandths of a unit are "1.2 ms".
std::string thousandths(double number, const char* unit) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f %s", number / 1000, unit);
  return text.data();
}

std::string milliseconds(double us) { return thousandths(us, "ms"); }

std::string date_of(std::chrono::seconds unix_time) {
  const std::time_t seconds = unix_time.count();
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &utc);
  return text.data();
}

void add_sentence(std::string& page, const std::string& sentence) {
  page += "<p>" + sentence + "</p>\n";
}

// The bound under which that share of the values lies; nothing is said of what lies beyond the
// last.
template <const auto& bounds>
std::string bound_of(const Histogram<bounds>& values, double share) {
  const auto wanted = static_cast<double>(values.count()) * share;
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    seen += values.bucket(i);
    if (static_cast<double>(seen) >= wanted) {
      return "at most " + milliseconds(static_cast<double>(bounds[i]));
    }
  }
  return "more than " + milliseconds(static_cast<double>(bounds.back()));
}

template <const auto& bounds>
double mean_of(const Histogram<bounds>& values) {
  const std::uint64_t count = values.count();
  return count == 0 ? 0 : static_cast<double>(values.sum()) / static_cast<double>(count);
}

std::uint64_t requests_with(const WorkerCounters& counters, int least_status) {
  std::uint64_t sum = 0;
  for (const auto& route : counters.requests) {
    for (std::size_t i = 0; i < status_labels.size(); ++i) {
      if (status_labels[i] >= least_status) sum += route[i].value();
    }
  }
  return sum;
}

void add_workers(std::string& page, const HostMetrics& host) {
  const auto healthy = static_cast<std::size_t>(host.gauges.healthy.value());
  std::string sentence = host.shared ? counted(host.workers.size(), "worker") + " on this host, "
                                     : "This worker, which counts for itself alone, ";
  sentence += healthy >= host.workers.size()
                  ? "in good health."
                  : text_of(host.workers.size() - healthy) + " without its database.";
  add_sentence(page, sentence);
  page += "<ul>\n";
  for (const auto& [pid, started_at] : host.workers) {
    page += "<li>Process " + std::to_string(pid) + ", since " + date_of(started_at) + "</li>\n";
  }
  page += "</ul>\n";
}

void add_now(std::string& page, const WorkerGauges& gauges) {
  page += "<h2>Now</h2>\n";
  add_sentence(page, text_of(gauges.polls_parked) + " of at most " + text_of(gauges.polls_limit) +
                         " polls and streams wait for news.");
  const auto streams = static_cast<std::uint64_t>(gauges.streams.value());
  add_sentence(page, counted(streams, "stream") + (streams == 1 ? " is" : " are") + " open, " +
                         text_of(gauges.streams_behind) + " of them behind, with " +
                         text_of(gauges.stream_bytes_waiting) + " bytes not yet taken.");
  add_sentence(page, text_of(gauges.connections) + " of at most " +
                         text_of(gauges.connections_limit) + " connections are open.");
  add_sentence(page, text_of(gauges.append_queue_depth) + " messages wait to be stored, " +
                         text_of(gauges.read_queue_depth) + " reads for the database.");
  add_sentence(page, text_of(gauges.window_messages) + " messages of " +
                         text_of(gauges.window_bytes) +
                         " bytes are kept in memory, in all workers together.");
  const std::int64_t behind_ms = gauges.search_behind_ms.value();
  add_sentence(page, behind_ms == 0
                         ? "The search index is up to date."
                         : "The search index is " +
                               thousandths(static_cast<double>(behind_ms), "s") + " behind.");
}

void add_so_far(std::string& page, const WorkerCounters& counters) {
  page += "<h2>Since the host started counting</h2>\n";
  add_sentence(page, counted(requests_with(counters, 0), "request") + ", of which " +
                         text_of(requests_with(counters, 500)) + " failed here; " +
                         counted(counters.worker_starts.value(), "start") + " of workers.");
  const auto polls = [&](PollEnd end) {
    return text_of(counters.polls_answered[static_cast<std::size_t>(end)].value());
  };
  add_sentence(page, "Of the polls that waited, " + polls(PollEnd::news) + " got news, " +
                         polls(PollEnd::timeout) + " timed out, " + polls(PollEnd::gone) +
                         " lost their client and " + polls(PollEnd::shutdown) +
                         " ended with their worker.");
  const auto streams = [&](StreamEnd end) {
    return text_of(counters.streams_ended[static_cast<std::size_t>(end)].value());
  };
  add_sentence(page, counted(counters.stream_messages.value(), "message") +
                         " sent by streams. Of those that ended, " + streams(StreamEnd::gone) +
                         " lost their client (" + text_of(counters.streams_cut.value()) +
                         " cut for being too slow), " + streams(StreamEnd::age) +
                         " had reached their age, " + streams(StreamEnd::shutdown) +
                         " ended with their worker and " + streams(StreamEnd::overloaded) +
                         " found too many others.");
  const auto& deliveries = counters.poll_delivery_us;
  if (deliveries.count() > 0) {
    add_sentence(page, "Half of " + text_of(deliveries.count()) + " deliveries took " +
                           bound_of(deliveries, 0.5) + ", 99 of 100 took " +
                           bound_of(deliveries, 0.99) + '.');
  }
  add_sentence(page, counted(counters.append_batch_size.sum(), "message") + " stored in " +
                         counted(counters.append_batch_size.count(), "batch", "es") + ", in " +
                         milliseconds(mean_of(counters.append_us)) + " each on average; " +
                         text_of(counters.append_failures.value()) + " attempts failed.");
  add_sentence(page, counted(counters.looks.value(), "look") + " for news, " +
                         text_of(counters.look_failures.value()) + " failed; " +
                         text_of(counters.database_reconnects.value()) +
                         " lost database connections were replaced, " +
                         text_of(counters.database_connect_failures.value()) +
                         " attempts to connect failed.");
}

}  // namespace

std::string render_status_page(const HostMetrics& host) {
  std::string page(page_head);
  page += "<h1>Chat</h1>\n";
  add_workers(page, host);
  add_now(page, host.gauges);
  add_so_far(page, host.counters);
  return page + "</body>\n</html>\n";
}

}  // namespace chat
