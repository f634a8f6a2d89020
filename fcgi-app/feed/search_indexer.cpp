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

}  // namespace

SearchIndexer::SearchIndexer(std::unique_ptr<SearchStore> store, const Limits& limits)
    : limits_(limits), store_(std::move(store)) {
  if (limits_.interval.count() > 0) thread_ = std::thread([this] { run(); });
}

SearchIndexer::~SearchIndexer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void SearchIndexer::run() {
  using Clock = std::chrono::steady_clock;
  while (!stopping_) {
    bool more = false;
    const Clock::time_point begin = Clock::now();
    try {
      more = store_->take_turn() && fill();
      failure_log().succeeded(indexing_failed);
    } catch (const std::exception& failure) {
      failure_log().happened(indexing_failed, {{"error", failure.what()}});
    }
    // A quarter of a core at most: those who post need the rest.
    const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(rests_per_work *
                                                                            (Clock::now() - begin));
    wait(std::max(rest, more ? limits_.pause : limits_.interval));
  }
}

bool SearchIndexer::fill() {
  const Unindexed found = store_->find_unindexed(limits_.bite);
  if (found.messages.empty()) return false;
  std::vector<std::vector<std::string>> tokens;
  tokens.reserve(found.messages.size());
  for (const MessagePtr& message : found.messages) {
    tokens.push_back(message->deleted ? std::vector<std::string>() : search_tokens_of(*message));
  }
  store_->index(found, tokens);
  metrics().counters.messages_indexed.add(found.messages.size());
  return found.messages.size() == limits_.bite;
}

void SearchIndexer::wait(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  stopped_.wait_for(lock, time, [this] { return stopping_.load(); });
}

}  // namespace chat
