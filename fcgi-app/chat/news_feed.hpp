// The one look for all waiting polls: a thread asks the database once a second, and at once after a
// NOTIFY, for everything after the last id it has, and hands it to the loop.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "chat/loop.hpp"
#include "chat/message_store.hpp"

namespace chat {

// Where news come from: a store that can also wait for a hint. Belongs to the news thread.
class NewsSource {
 public:
  NewsSource() = default;
  NewsSource(const NewsSource&) = delete;
  NewsSource& operator=(const NewsSource&) = delete;
  virtual ~NewsSource() = default;

  virtual MessageStore& store() = 0;

  // Returns when there may be news, when `wake_fd` is readable, or after `at_most`. A hint that
  // came during the last look counts. Never throws: a lost connection shows at the next look.
  virtual void wait(int wake_fd, std::chrono::milliseconds at_most) = 0;
};

// What one look found, as the loop is told.
struct Look {
  enum class Kind { primed, news, done, failed };
  Kind kind = Kind::failed;
  MessageId last_id{};               // primed: everything after it will follow
  std::vector<MessagePtr> messages;  // news
  std::uint64_t ticket = 0;          // done, failed: answers every request up to this one
};

class NewsFeed {
 public:
  struct Limits {
    std::chrono::milliseconds look_interval{1000};
    std::size_t page_messages = 1000;
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
  void report(Look look);
  void measure_clock(MessageStore& store);

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
  MessageId last_id_{};
  std::chrono::steady_clock::time_point next_measurement_{};

  std::thread thread_;
};

}  // namespace chat
