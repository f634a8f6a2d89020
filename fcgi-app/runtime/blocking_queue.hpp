// Hands work from the loop to threads that may block. Bounded: the loop never waits, it is refused.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <limits>
#include <mutex>
#include <vector>

namespace chat {

// Any thread may call any member.
template <class T>
class BlockingQueue {
 public:
  explicit BlockingQueue(std::size_t capacity = std::numeric_limits<std::size_t>::max())
      : capacity_(capacity) {}

  // False when the queue is full or closed; `item` is lost then.
  bool push(T item) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_ || items_.size() >= capacity_) return false;
      items_.push_back(std::move(item));
    }
    not_empty_.notify_one();
    return true;
  }

  // Waits for work and takes at most `at_most` items. Empty: closed, and nothing is left.
  std::vector<T> take(std::size_t at_most) {
    std::unique_lock lock(mutex_);
    not_empty_.wait(lock, [this] { return closed_ || !items_.empty(); });
    return take_now(at_most);
  }

  // The same, but of what waits behind the first item only as many as may be `joined` with it.
  template <class Predicate>
  std::vector<T> take_joined(std::size_t at_most, const Predicate& joined) {
    std::unique_lock lock(mutex_);
    not_empty_.wait(lock, [this] { return closed_ || !items_.empty(); });
    std::size_t count = 1;
    while (count < std::min(at_most, items_.size()) && joined(items_.front(), items_[count]))
      ++count;
    return take_now(count);
  }

  // As take, but waits no longer than until `deadline`; then what it takes is empty as well.
  std::vector<T> take_until(std::size_t at_most, std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    not_empty_.wait_until(lock, deadline, [this] { return closed_ || !items_.empty(); });
    return take_now(at_most);
  }

  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }

  // Closed, and everything was handed out.
  [[nodiscard]] bool finished() const {
    const std::lock_guard lock(mutex_);
    return closed_ && items_.empty();
  }

  // What is queued is still handed out; nothing new gets in.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    not_empty_.notify_all();
  }

 private:
  // With the lock held.
  std::vector<T> take_now(std::size_t at_most) {
    const auto count = static_cast<std::ptrdiff_t>(std::min(at_most, items_.size()));
    std::vector<T> taken(std::make_move_iterator(items_.begin()),
                         std::make_move_iterator(items_.begin() + count));
    items_.erase(items_.begin(), items_.begin() + count);
    return taken;
  }

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable not_empty_;
  std::deque<T> items_;  // guarded by mutex_
  bool closed_ = false;  // guarded by mutex_
};

}  // namespace chat
