// Group commit. One thread takes every write that waits and does them in one call, while the next
// batch gathers behind it: that is what makes the database's one lock affordable.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <variant>
#include <vector>

#include "chat/store_health.hpp"
#include "domain/write_store.hpp"
#include "feed/own_news.hpp"
#include "runtime/blocking_queue.hpp"
#include "runtime/loop.hpp"
#include "runtime/ticket.hpp"

namespace chat {

class MessageWriter {
 public:
  struct Limits {
    std::size_t batch_messages = 500;  // and changes
    std::size_t queued_messages = 10'000;
    // How long a batch is sent again while the store is out of reach.
    std::chrono::milliseconds retry_for{3000};
    // When a write is answered though the store never answered it.
    std::chrono::milliseconds timeout{20'000};
    // How long a change waits for somebody who holds its message.
    std::chrono::milliseconds locked_for{3000};
    // A call that takes longer is taken for one that never ends; above the server's own timeouts.
    std::chrono::milliseconds stuck_after{10'000};
    // After a batch of so many the next one gathers a while longer (run() says why).
    std::size_t busy_messages = 6;
    std::chrono::milliseconds busy_pause{1};
    // When nothing was stored for so long, the store is asked whether it could.
    std::chrono::milliseconds probe_interval{10'000};
  };

  MessageWriter(Executor loop, DeadlineWheel& wheel, std::unique_ptr<WriteStore> store,
                const Limits& limits);
  ~MessageWriter();
  MessageWriter(const MessageWriter&) = delete;
  MessageWriter& operator=(const MessageWriter&) = delete;

  // Stores the message, or changes the one that is there, and says how that ended; the key is set.
  // Throws Error(overloaded) when the queue is full. On the loop's thread.
  Task<WriteResult> append(NewMessage message);
  Task<WriteResult> change(MessageChange change);

  // There is something that SQL callers have handed over. On any thread.
  void note_handed_over();

  // Who is told, on the loop's thread, what has been stored, before those are answered who sent it.
  // Called before the loop runs.
  void tell_own_news_to(std::function<void(const OwnNews&)> listener) {
    own_news_listener_ = std::move(listener);
  }

  // Writes that no batch has taken yet.
  [[nodiscard]] std::size_t queued() const { return queue_.size(); }

  // Why nothing can be stored, as far as is known; none when it can. On any thread.
  [[nodiscard]] StoreTrouble trouble() const;

  // No more retries from now on; what is queued is tried once more.
  void shut_down() { shut_down_ = true; }

 private:
  class InCall;
  struct Job {
    std::variant<NewMessage, MessageChange> write;
    TicketQueue<WriteResult> tickets;  // of one; only on the loop's thread
  };
  static constexpr std::chrono::steady_clock::time_point no_call =
      std::chrono::steady_clock::time_point::max();
  using JobPtr = std::shared_ptr<Job>;
  using Results = std::vector<WriteResult>;

  Task<WriteResult> write(std::variant<NewMessage, MessageChange> write);
  void run();
  // Of the jobs those that write what `Write` is.
  template <class Write>
  void write_all(const std::vector<JobPtr>& jobs);
  template <class Write>
  Results write_batch(const std::vector<Write>& batch);
  template <class Write>
  Results write_one_by_one(const std::vector<Write>& batch);
  template <class Write>
  Results write_with_retries(const std::vector<Write>& batch);
  bool may_retry();
  [[nodiscard]] bool stuck() const;
  void probe();
  void forget_old_keys();
  void do_what_was_handed_over();

  // Constant once the loop runs.
  std::function<void(const OwnNews&)> own_news_listener_ = [](const OwnNews&) {};
  Executor loop_;
  DeadlineWheel& wheel_;
  const Limits limits_;

  BlockingQueue<JobPtr> queue_;
  std::atomic<bool> shut_down_{false};
  std::atomic<bool> handed_over_{false};
  using Clock = std::chrono::steady_clock;
  std::atomic<Clock::time_point> in_call_since_{no_call};

  // Only on the writer's thread.
  std::unique_ptr<WriteStore> store_;
  StoreHealth health_;  // tells any thread
  Clock::time_point failing_since_{};
  int failures_ = 0;
  Clock::time_point next_forgetting_{};

  std::thread thread_;
};

}  // namespace chat
