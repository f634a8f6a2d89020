// The one look for all waiting polls: a thread asks the database once a second, and at once after a
// NOTIFY, for everything that was said or changed after the position it has, and hands it to the
// loop.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "domain/news_source.hpp"
#include "runtime/loop.hpp"

namespace chat {

// What one look found, as the loop is told.
struct Look {
  enum class Kind {
    primed,    // forget everything: what comes after the position will follow
    reloaded,  // some messages went or changed by no change of ours: these are the newest, up to
               // the position, as they are now
    news,      // all that was said and changed since, up to the position
    done,
    failed,
  };
  Kind kind = Kind::failed;
  MessageId position{};
  std::vector<MessagePtr> messages{};  // reloaded; news: by id
  std::vector<MessagePtr> changes{};   // news: by version
  std::uint64_t ticket = 0;            // done, failed: answers every request up to this one
  std::string epoch{};                 // done
  bool handed_over = false;            // done: SQL callers have handed something over
};

class NewsFeed {
 public:
  struct Limits {
    std::chrono::milliseconds look_interval{1000};
    std::size_t page_messages = 1000;
    PageLimits memory{10'000, std::size_t{16} << 20};  // the most that the loop keeps
  };
  using Listener = std::function<void(Look)>;

  NewsFeed(Executor loop, std::unique_ptr<NewsSource> source, const Limits& limits);
  ~NewsFeed();
  NewsFeed(const NewsFeed&) = delete;
  NewsFeed& operator=(const NewsFeed&) = delete;

  // The listener is called on the loop's thread, for every look, in order.
  void start(Listener listener);

  // Asks for a look that begins after this call. Its `done` or `failed` carries at least the ticket
  // that is returned. On the loop's thread.
  std::uint64_t request_look();

 private:
  void run();
  void look(std::uint64_t ticket);
  void tell_news();
  [[nodiscard]] bool cut_to_what_is_complete(News& news) const;
  void tell(News news);
  void prime(const StoreState& state);
  void tell_all_workers_of_it();
  void reload(const StoreState& state);
  [[nodiscard]] bool same_history(const StoreState& state) const;
  void report(Look look);
  void measure_clock();

  // Constant after start().
  Executor loop_;
  const Limits limits_;
  Listener listener_;
  int wake_fd_;

  std::atomic<std::uint64_t> wanted_{0};
  std::atomic<bool> stopping_{false};

  // Only on the news thread.
  std::unique_ptr<NewsSource> source_;
  bool primed_ = false;
  MessageId position_{};  // all up to it is told
  StoreState state_;
  MessageId oldest_held_{};  // no message below this one is in memory
  std::chrono::steady_clock::time_point next_measurement_{};

  std::thread thread_;
};

}  // namespace chat
