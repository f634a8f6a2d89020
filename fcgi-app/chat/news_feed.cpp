#include "chat/news_feed.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "failure_log.hpp"
#include "metrics/worker_metrics.hpp"

namespace chat {
namespace {

// Clocks that are set drift slowly.
constexpr std::chrono::minutes clock_interval{1};

constexpr Failure out_of_reach{LogLevel::error, "database is out of reach", "database is back",
                               /*ends_with_success=*/true};
constexpr Failure clock_not_read{LogLevel::warning, "clock not read", "clock is read again",
                                 /*ends_with_success=*/true};

}  // namespace

NewsFeed::NewsFeed(Executor loop, std::unique_ptr<NewsSource> source, const Limits& limits)
    : loop_(loop),
      limits_(limits),
      wake_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      source_(std::move(source)) {
  if (wake_fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

NewsFeed::~NewsFeed() {
  stopping_ = true;
  eventfd_write(wake_fd_, 1);
  if (thread_.joinable()) thread_.join();
  close(wake_fd_);
}

void NewsFeed::start(Listener listener) {
  listener_ = std::move(listener);
  thread_ = std::thread([this] { run(); });
}

std::uint64_t NewsFeed::request_look() {
  const std::uint64_t ticket = ++wanted_;
  eventfd_write(wake_fd_, 1);
  return ticket;
}

void NewsFeed::run() {
  while (!stopping_) {
    eventfd_t ignored = 0;
    eventfd_read(wake_fd_, &ignored);
    // Read before the look begins, so that the look is younger than every request it answers.
    look(wanted_);
    source_->wait(wake_fd_, limits_.look_interval);
  }
}

void NewsFeed::look(std::uint64_t ticket) {
  try {
    MessageStore& store = source_->store();
    if (!primed_) {
      last_id_ = store.last_id();
      primed_ = true;
      report({Look::Kind::primed, last_id_, {}, 0});
    }
    for (bool more = true; more && !stopping_;) {
      std::vector<MessagePtr> news = store.find_news(last_id_, limits_.page_messages);
      more = news.size() == limits_.page_messages;
      if (news.empty()) break;
      last_id_ = news.back()->id;
      report({Look::Kind::news, last_id_, std::move(news), 0});
    }
    failure_log().succeeded(out_of_reach);
    metrics().counters.looks.add();
    report({Look::Kind::done, last_id_, {}, ticket});
    measure_clock(store);
  } catch (const std::exception& failure) {
    // Also what no store should throw here: this thread must not take the worker with it.
    failure_log().happened(out_of_reach, {{"error", failure.what()}});
    metrics().counters.look_failures.add();
    report({Look::Kind::failed, last_id_, {}, ticket});
  }
}

// Now and then, and after the look, which somebody may wait for.
void NewsFeed::measure_clock(MessageStore& store) {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_measurement_) return;
  next_measurement_ = now + clock_interval;
  try {
    metrics().gauges.database_clock_offset_us.set(std::int64_t{store.clock_offset().count()});
    failure_log().succeeded(clock_not_read);
  } catch (const std::exception& failure) {
    // The next look says whether the database is away.
    failure_log().happened(clock_not_read, {{"error", failure.what()}});
  }
}

void NewsFeed::report(Look look) {
  boost::asio::post(loop_,
                    [this, look = std::move(look)]() mutable { listener_(std::move(look)); });
}

}  // namespace chat
