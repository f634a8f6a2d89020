// Coroutines on the loop.
//
// Not boost::asio::awaitable, which would do: measured here, each of its waits takes a frame of its
// own and each coroutine some more, a third of what a parked poll has in memory and a sixth of
// the instructions of a delivery.
#pragma once

#include <coroutine>
#include <exception>
#include <utility>
#include <variant>

namespace chat {

template <class T>
class Task;

namespace detail {

// When a task ends, the one who awaits it goes on, without growing the stack (except under
// sanitizers, which make no tail calls).
struct GoOn {
  static bool await_ready() noexcept { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) noexcept {
    return ended.promise().awaiting;
  }
  static void await_resume() noexcept {}
};

template <class T>
struct TaskPromise {
  std::coroutine_handle<> awaiting;
  std::variant<std::monostate, T, std::exception_ptr> outcome;

  Task<T> get_return_object() noexcept;
  static std::suspend_always initial_suspend() noexcept { return {}; }
  static GoOn final_suspend() noexcept { return {}; }
  void return_value(T value) { outcome.template emplace<T>(std::move(value)); }
  void unhandled_exception() noexcept {
    outcome.template emplace<std::exception_ptr>(std::current_exception());
  }

  T take() {
    if (auto* const failure = std::get_if<std::exception_ptr>(&outcome)) {
      std::rethrow_exception(std::move(*failure));
    }
    return std::move(std::get<T>(outcome));
  }
};

template <>
struct TaskPromise<void> {
  std::coroutine_handle<> awaiting;
  std::exception_ptr failure;

  Task<void> get_return_object() noexcept;
  static std::suspend_always initial_suspend() noexcept { return {}; }
  static GoOn final_suspend() noexcept { return {}; }
  static void return_void() noexcept {}
  void unhandled_exception() noexcept { failure = std::current_exception(); }

  void take() {
    if (failure) std::rethrow_exception(std::move(failure));
  }
};

}  // namespace detail

// Begins when it is awaited, at most once, and throws there what it threw. Owns its frame. Only on
// the loop's thread.
template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::TaskPromise<T>;
  using Frame = std::coroutine_handle<promise_type>;

  explicit Task(Frame frame) noexcept : frame_(frame) {}
  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (frame_) frame_.destroy();
  }

  [[nodiscard]] static bool await_ready() noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
    frame_.promise().awaiting = awaiting;
    return frame_;
  }
  T await_resume() { return frame_.promise().take(); }

 private:
  Frame frame_;
};

template <class T>
Task<T> detail::TaskPromise<T>::get_return_object() noexcept {
  return Task<T>(Task<T>::Frame::from_promise(*this));
}

inline Task<void> detail::TaskPromise<void>::get_return_object() noexcept {
  return Task<void>(Task<void>::Frame::from_promise(*this));
}

// A task that needs no waiting.
template <class T>
Task<T> ready(T value) {
  co_return value;
}

namespace detail {

// Runs at once, and frees itself at its end.
struct Detached {
  struct promise_type {
    static Detached get_return_object() noexcept { return {}; }
    static std::suspend_never initial_suspend() noexcept { return {}; }
    static std::suspend_never final_suspend() noexcept { return {}; }
    static void return_void() noexcept {}
    static void unhandled_exception() noexcept { std::terminate(); }
  };
};

}  // namespace detail

// Starts a task that nobody awaits. `ended` is called at its end with what it threw, or null, and
// must not throw. What still waits when the loop ends is never freed.
template <class Ended>
detail::Detached spawn(Task<void> task, Ended ended) {
  std::exception_ptr failure;
  try {
    co_await task;
  } catch (...) {
    failure = std::current_exception();
  }
  ended(failure);
}

}  // namespace chat
