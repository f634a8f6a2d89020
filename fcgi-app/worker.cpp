#include "worker.hpp"

#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <utility>

#include "failure_log.hpp"
#include "postgres/conninfo.hpp"
#include "postgres/postgres_news_source.hpp"
#include "postgres/postgres_read_store.hpp"
#include "postgres/postgres_search_store.hpp"
#include "postgres/postgres_write_store.hpp"

namespace chat {
namespace {

// SIGTERM to exit is at most 5 s: this for what is under way, the rest for the threads.
constexpr std::chrono::milliseconds shutdown_timeout{3500};
// Between two words to the service manager that nothing but a person asks for.
constexpr std::chrono::milliseconds longest_silence{5000};

std::string conninfo_of(const Config& config) {
  try {
    return with_default_timeouts(config.database);
  } catch (const std::invalid_argument& error) {
    throw ConfigError(std::string("--database: ") + error.what());
  }
}

MessageWriter::Limits writer_limits(const Config& config) {
  MessageWriter::Limits limits;
  limits.batch_messages = config.batch_messages;
  limits.queued_messages = config.max_queued_posts;
  limits.retry_for = config.append_retry;
  limits.timeout = config.append_timeout;
  limits.locked_for = config.locked_message;
  limits.probe_interval = config.store_probe;
  return limits;
}

NewsFeed::Limits news_limits(const Config& config) {
  NewsFeed::Limits limits;
  limits.look_interval = config.look_interval;
  limits.memory = {config.window_messages, config.window_bytes};
  return limits;
}

MessageStreams::Limits stream_limits(const Config& config) {
  MessageStreams::Limits limits;
  limits.quiet = config.stream_quiet;
  limits.age = config.stream_age;
  return limits;
}

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// As many times longer than usual, as long as nothing new is heard of.
constexpr int search_quiet_intervals = 10;

// Half of what the watchdog waits for, as its manual asks.
std::chrono::milliseconds silence_of(const ServiceManager& manager) {
  if (!manager.watchdog_timeout()) return longest_silence;
  const auto half =
      std::chrono::duration_cast<std::chrono::milliseconds>(*manager.watchdog_timeout() / 2);
  // Rounded down to a tick, so that the wheel does not make it more than half.
  return std::clamp(half / DeadlineWheel::tick_length * DeadlineWheel::tick_length,
                    DeadlineWheel::tick_length, longest_silence);
}

void release_stop_signals() {
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

}  // namespace

void hold_stop_signals() {
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

Worker::Worker(const Config& config, Listener listener, Scoreboard& scoreboard)
    : listener_(std::move(listener)),
      waiting_room_(loop_.get_executor(), wheel_, config.max_polls),
      tail_({config.window_messages, config.window_bytes}),
      readers_(loop_.get_executor(), wheel_,
               [&config] { return std::make_unique<PostgresReadStore>(conninfo_of(config)); },
               {config.readers, config.max_queued_reads, config.page_bytes}),
      writer_(loop_.get_executor(), wheel_,
              std::make_unique<PostgresWriteStore>(conninfo_of(config)), writer_limits(config)),
      news_feed_(loop_.get_executor(), std::make_unique<PostgresNewsSource>(conninfo_of(config)),
                 news_limits(config)),
      search_indexer_(std::make_unique<PostgresSearchStore>(conninfo_of(config)),
                      {config.search_interval, search_quiet_intervals * config.search_interval}),
      feed_(wheel_, waiting_room_, tail_, readers_, news_feed_,
            {config.page_bytes, config.shared_pages_bytes, config.look_interval}),
      service_(feed_, writer_),
      streams_(service_, wheel_, stream_limits(config)),
      handlers_(service_, streams_, scoreboard),
      router_(handlers_),
      server_(loop_.get_executor(), listener_.release(), router_, wheel_, scoreboard,
              {config.max_connections, {}, config.io_timeout, config.stream_stall}),
      ticker_(loop_) {
  metrics().gauges.polls_limit.set(config.max_polls);
  metrics().gauges.connections_limit.set(config.max_connections);
}

bool Worker::run() {
  boost::asio::signal_set signals(loop_, SIGTERM, SIGINT);
  signals.async_wait([this](const boost::system::error_code& error, int signal) {
    if (!error) begin_shutdown(signal);
  });
  release_stop_signals();
  writer_.tell_own_news_to([this](const OwnNews& news) { feed_.take_own(news); });
  news_feed_.start([this](Look look) { take(std::move(look)); });
  ticker_.expires_after(DeadlineWheel::tick_length);
  tick();
  loop_.run();
  return server_.connections() == 0;
}

// Requests wait in the socket's backlog, or go to another worker, until this one knows how it
// stands with the database: its first answer is as good as any.
void Worker::take(Look look) {
  const bool ended = look.kind == Look::Kind::done || look.kind == Look::Kind::failed;
  if (look.handed_over) writer_.note_handed_over();
  feed_.take(std::move(look));
  if (!ended) search_indexer_.note_news();
  if (!ended || server_started_ || ending_) return;
  server_started_ = true;
  server_.start();
  service_manager_.ready();
}

// The only timer of the worker.
void Worker::tick() {
  ticker_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    wheel_.tick();
    show_gauges();
    failure_log().tell();
    tell_service_manager();
    if (ending_ && (server_.connections() == 0 || wheel_.now() >= end_by_)) {
      loop_.stop();
      return;
    }
    ticker_.expires_after(DeadlineWheel::tick_length);
    tick();
  });
}

// At each tick: cheaper than at each change, and no older than anybody can look.
void Worker::show_gauges() {
  WorkerGauges& gauges = metrics().gauges;
  gauges.polls_parked.set(waiting_room_.parked());
  gauges.streams.set(streams_.open_streams());
  gauges.streams_behind.set(server_.streams_behind());
  gauges.stream_bytes_waiting.set(server_.bytes_waiting());
  gauges.append_queue_depth.set(writer_.queued());
  gauges.read_queue_depth.set(readers_.queued());
  gauges.window_messages.set(tail_.messages());
  gauges.window_bytes.set(tail_.bytes());
  gauges.healthy.set(std::int64_t{service_.healthy()});
}

// By the loop itself, so that a worker whose loop is stuck falls silent and is restarted.
void Worker::tell_service_manager() {
  if (wheel_.now() < next_sign_of_life_) return;
  next_sign_of_life_ = wheel_.after(silence_of(service_manager_));
  service_manager_.alive(std::to_string(waiting_room_.parked()) + " polls and streams wait, " +
                         std::to_string(server_.connections()) + " connections; " +
                         (service_.healthy() ? "the database answers" : "the database is away"));
}

void Worker::begin_shutdown(int signal) {
  log_info("stopping", {{"signal", std::to_string(signal)},
                        {"connections", std::to_string(server_.connections())},
                        {"polls", std::to_string(waiting_room_.parked())}});
  service_manager_.stopping();
  ending_ = true;
  end_by_ = wheel_.after(shutdown_timeout);
  listener_.remove_path();
  server_.shut_down();
  waiting_room_.shut_down();
  writer_.shut_down();
}

}  // namespace chat
