#include "feed/search_indexer.hpp"

#include <algorithm>

#include "domain/search_terms.hpp"
#include "failure_log.hpp"
#include "metrics/worker_metrics.hpp"

namespace chat {
namespace {

constexpr Failure indexing_failed{LogLevel::warning, "the search index was not filled",
                                  "the search index is filled again", /*ends_with_success=*/true};

constexpr int rests_per_work = 3;

// Of one statement, which has seconds: messages of nothing but rare words would need minutes for
// a whole bite.
constexpr std::size_t tokens_at_once = 20'000;

// Of as many of the messages as may go at once, and of one at least.
TokenLists tokens_of(const std::vector<MessagePtr>& messages) {
  TokenLists tokens;
  tokens.reserve(messages.size());
  std::size_t count = 0;
  for (const MessagePtr& message : messages) {
    std::vector<std::string> each;
    if (!message->deleted) each = search_tokens_of(*message);
    count += each.size();
    if (count > tokens_at_once && !tokens.empty()) break;
    tokens.push_back(std::move(each));
  }
  return tokens;
}

void keep_first(Unindexed& found, std::size_t count) {
  found.messages.resize(count);
  found.ends_at = found.messages.back()->position();
}

void keep_first(ChangedByHand& found, std::size_t count) {
  found.messages.resize(count);
  found.ordinals.resize(count);
}

}  // namespace

SearchIndexer::SearchIndexer(std::unique_ptr<SearchStore> store, const Limits& limits)
    : limits_(limits), store_(std::move(store)), bite_(limits.bite) {
  if (limits_.interval.count() > 0) thread_ = std::thread([this] { run(); });
}

SearchIndexer::~SearchIndexer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void SearchIndexer::note_news() {
  if (news_.exchange(true)) return;
  const std::lock_guard lock(mutex_);
  changed_.notify_all();
}

void SearchIndexer::run() {
  using Clock = std::chrono::steady_clock;
  while (!stopping_) {
    bool more = false;
    bool failed = false;
    news_ = false;
    const Clock::time_point begin = Clock::now();
    try {
      // Each worker says it, and before it does anything: also of an index that cannot be filled.
      metrics().gauges.search_behind_ms.set(store_->behind().count());
      more = store_->take_turn() && fill_up();
      failure_log().succeeded(indexing_failed);
    } catch (const std::exception& failure) {
      failed = true;
      // The same again might fail for ever, where the database has no time for so much.
      bite_ = std::max<std::size_t>(1, bite_ / 2);
      failure_log().happened(indexing_failed, {{"error", failure.what()}});
    }
    // A quarter of a core at most: those who post need the rest.
    const auto due = std::chrono::duration_cast<std::chrono::milliseconds>(rests_per_work *
                                                                           (Clock::now() - begin));
    rest(std::max(due, more ? limits_.pause : limits_.interval));
    if (!more && !failed) wait_for_news(limits_.quiet_interval);
  }
}

bool SearchIndexer::fill_up() {
  const bool more = fill(store_->find_unindexed(bite_));
  return fill(store_->find_changed_by_hand(bite_)) || more;
}

template <class Found>
bool SearchIndexer::fill(Found found) {
  if (found.messages.empty()) return false;
  const TokenLists tokens = tokens_of(found.messages);
  const bool more = found.messages.size() >= bite_ || tokens.size() < found.messages.size();
  if (tokens.size() < found.messages.size()) keep_first(found, tokens.size());
  store_->index(found, tokens);
  bite_ = std::min(limits_.bite, 2 * bite_);
  metrics().counters.messages_indexed.add(found.messages.size());
  return more;
}

void SearchIndexer::wait_for_news(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [this] { return stopping_ || news_; });
}

void SearchIndexer::rest(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [this] { return stopping_.load(); });
}

}  // namespace chat
