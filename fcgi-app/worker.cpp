#include "worker.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>

#include "postgres/postgres_news_source.hpp"
#include "postgres/postgres_store.hpp"

namespace chat {
namespace {

// SIGTERM to exit is at most 5 s: this for what is under way, the rest for the threads.
constexpr std::chrono::milliseconds shutdown_timeout{3500};

std::unique_ptr<MessageStore> make_store(const Config& config) {
  return std::make_unique<PostgresStore>(config.database);
}

}  // namespace

Worker::Worker(const Config& config, int listening_descriptor)
    : waiting_room_(loop_.get_executor(), wheel_, config.max_polls),
      tail_({config.window_messages, config.window_bytes}),
      readers_(loop_.get_executor(), wheel_, [&config] { return make_store(config); },
               {config.readers, config.max_queued_reads, config.page_bytes}),
      appender_(loop_.get_executor(), wheel_, make_store(config),
                {config.batch_messages, config.max_queued_posts, config.append_retry,
                 config.append_timeout}),
      news_feed_(loop_.get_executor(), std::make_unique<PostgresNewsSource>(config.database),
                 {config.look_interval}),
      service_(wheel_, waiting_room_, tail_, readers_, appender_, news_feed_, config.page_bytes),
      handlers_(service_),
      router_(handlers_),
      server_(loop_.get_executor(), listening_descriptor, router_, wheel_,
              {config.max_connections, {}, config.io_timeout}),
      ticker_(loop_) {}

bool Worker::run() {
  boost::asio::signal_set signals(loop_, SIGTERM, SIGINT);
  signals.async_wait([this](const boost::system::error_code& error, int signal) {
    if (!error) begin_shutdown(signal);
  });
  news_feed_.start([this](const Look& look) { service_.take(look); });
  server_.start();
  ticker_.expires_after(DeadlineWheel::tick_length);
  tick();
  loop_.run();
  return server_.connections() == 0;
}

// The only timer of the worker.
void Worker::tick() {
  ticker_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    wheel_.tick();
    if (ending_ && (server_.connections() == 0 || wheel_.now() >= end_by_)) {
      loop_.stop();
      return;
    }
    ticker_.expires_after(DeadlineWheel::tick_length);
    tick();
  });
}

void Worker::begin_shutdown(int signal) {
  log_info("stopping", {{"signal", std::to_string(signal)},
                        {"connections", std::to_string(server_.connections())},
                        {"polls", std::to_string(waiting_room_.parked())}});
  ending_ = true;
  end_by_ = wheel_.after(shutdown_timeout);
  server_.shut_down();
  waiting_room_.shut_down();
  appender_.shut_down();
}

}  // namespace chat
