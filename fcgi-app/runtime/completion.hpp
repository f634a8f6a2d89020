// A coroutine's wait for something that happens.
#pragma once

#include <coroutine>
#include <optional>
#include <utility>

namespace chat {

// One coroutine's wait for one value. Only on the loop's thread. The object must outlive the wait,
// which takes no memory beside it.
template <class T>
class Completion {
 public:
  // What `co_await` takes.
  class [[nodiscard]] Wait {
   public:
    explicit Wait(Completion& completion) : completion_(completion) {}
    [[nodiscard]] bool await_ready() const { return completion_.value_.has_value(); }
    void await_suspend(std::coroutine_handle<> waiting) { completion_.waiting_ = waiting; }
    T await_resume() { return *std::exchange(completion_.value_, std::nullopt); }

   private:
    Completion& completion_;
  };

  Completion() = default;
  Completion(const Completion&) = delete;
  Completion& operator=(const Completion&) = delete;

  // Suspends until complete(). At most one coroutine waits at a time.
  Wait wait() { return Wait(*this); }

  // A wait that is over at once.
  Wait over(T value) {
    value_.emplace(std::move(value));
    return Wait(*this);
  }

  [[nodiscard]] bool waiting() const { return waiting_ != nullptr; }

  // Resumes the coroutine before it returns; does nothing when none waits. The coroutine may
  // destroy this object, so nothing of it is touched afterwards.
  void complete(T value) {
    if (!waiting_) return;
    value_.emplace(std::move(value));
    std::exchange(waiting_, nullptr).resume();
  }

 private:
  std::coroutine_handle<> waiting_;
  std::optional<T> value_;
};

}  // namespace chat
