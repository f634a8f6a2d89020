#include "feed/news_feed.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "failure_log.hpp"
#include "log.hpp"
#include "metrics/worker_metrics.hpp"

namespace chat {
namespace {

using std::chrono::microseconds;

// Clocks that are set drift slowly.
constexpr std::chrono::minutes clock_interval{1};

constexpr Failure out_of_reach{LogLevel::error, "database is out of reach", "database is back",
                               /*ends_with_success=*/true};
constexpr Failure clock_not_read{LogLevel::warning, "clock not read", "clock is read again",
                                 /*ends_with_success=*/true};

// How far an id is ahead of a clock that is itself so far ahead of ours, in microseconds; or 0.
std::int64_t lead_of(const MessageId& id, microseconds offset) {
  const auto now =
      std::chrono::duration_cast<microseconds>(std::chrono::system_clock::now().time_since_epoch());
  return std::max<std::int64_t>(0, (microseconds(unix_time(id)) - (now + offset)).count());
}

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
    tell_news();
    failure_log().succeeded(out_of_reach);
    metrics().counters.looks.add();
    report({Look::Kind::done, position_, {}, {}, ticket, state_.epoch, state_.handed_over});
    measure_clock();
  } catch (const std::exception& failure) {
    // Also what no store should throw here: this thread must not take the worker with it.
    failure_log().happened(out_of_reach, {{"error", failure.what()}});
    metrics().counters.look_failures.add();
    report({Look::Kind::failed, position_, {}, {}, ticket, {}});
  }
}

void NewsFeed::tell_news() {
  for (bool more = true; more && !stopping_;) {
    News news = source_->find_news(primed_ ? position_ : max_message_id, limits_.page_messages);
    if (!primed_ || !same_history(news.state)) {
      prime(news.state);
      continue;
    }
    if (news.state.removals != state_.removals || news.state.connection != state_.connection) {
      reload(news.state);
    }
    state_ = news.state;
    more = cut_to_what_is_complete(news);
    if (news.messages.empty() && news.changes.empty()) break;
    tell(std::move(news));
  }
}

// Whoever fills his page may have more: the other is told only up to where he ends, so that
// everything up to one position is told. True when there may be more.
bool NewsFeed::cut_to_what_is_complete(News& news) const {
  const bool more_messages = news.messages.size() == limits_.page_messages;
  const bool more_changes = news.changes.size() == limits_.page_messages;
  MessageId end = max_message_id;
  if (more_messages) end = news.messages.back()->id;
  if (more_changes) end = std::min(end, news.changes.back()->position());
  std::erase_if(news.messages, [&](const MessagePtr& each) { return end < each->id; });
  std::erase_if(news.changes, [&](const MessagePtr& each) { return end < each->position(); });
  return more_messages || more_changes;
}

void NewsFeed::tell(News news) {
  if (!news.messages.empty()) position_ = std::max(position_, news.messages.back()->id);
  if (!news.changes.empty()) position_ = std::max(position_, news.changes.back()->position());
  // A change brings a message back to memory that was not there any more.
  for (const MessagePtr& each : news.changes) oldest_held_ = std::min(oldest_held_, each->id);
  report({Look::Kind::news, position_, std::move(news.messages), std::move(news.changes), 0, {}});
}

// Not after a fail-over, which may have lost the newest messages, and not when the database was set
// back to an older state. Compared with the position of the last look, not with the last id: where
// somebody has put messages in by hand that is always behind.
bool NewsFeed::same_history(const StoreState& state) const {
  return state.lineage == state_.lineage && !(state.position < state_.position);
}

// The state is older than the last id: what goes in between is counted by the next look.
void NewsFeed::prime(const StoreState& state) {
  if (primed_) {
    log_warning("the database has another history, memory was dropped", {});
    if (state.lineage == state_.lineage) tell_all_workers_of_it();
  }
  position_ = source_->last_position();
  oldest_held_ = position_;
  state_ = state;
  primed_ = true;
  report({Look::Kind::primed, position_, {}, {}, 0, {}});
}

// The epoch is made of what the database knows by itself, and of this it knows nothing.
void NewsFeed::tell_all_workers_of_it() {
  try {
    source_->note_another_history();
  } catch (const StoreUnavailable& failure) {
    log_warning("readers of changes are not told of the other history",
                {{"error", failure.what()}});
  }
}

void NewsFeed::reload(const StoreState& state) {
  const bool concerns_memory =
      state.connection != state_.connection || oldest_held_ <= state.newest_removed;
  if (concerns_memory) {
    std::vector<MessagePtr> newest = source_->find_newest(limits_.memory);
    // What is newer has not been told yet.
    std::erase_if(newest, [this](const MessagePtr& each) { return position_ < each->id; });
    // What was brought back by a change is forgotten with it.
    oldest_held_ = newest.empty() ? position_ : newest.front()->id;
    report({Look::Kind::reloaded, position_, std::move(newest), {}, 0, {}});
  }
}

// Now and then, and after the look, which somebody may wait for.
void NewsFeed::measure_clock() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_measurement_) return;
  next_measurement_ = now + clock_interval;
  try {
    const microseconds offset = source_->clock_offset();
    metrics().gauges.database_clock_offset_us.set(std::int64_t{offset.count()});
    metrics().gauges.ids_ahead_us.set(lead_of(state_.position, offset));
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
