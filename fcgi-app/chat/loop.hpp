// The event loop and its coroutines. Each worker has one loop on one thread; Asio's types are named
// here once so that the rest of the code speaks of tasks.
#pragma once

#include <utility>  // before Asio: its 1.74 headers use std::exchange without it

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>

namespace chat {

using Loop = boost::asio::io_context;
using Executor = Loop::executor_type;

// A coroutine on the loop. Naming the executor's type keeps every resumption free of type erasure.
template <class T>
using Task = boost::asio::awaitable<T, Executor>;

using UseTask = boost::asio::use_awaitable_t<Executor>;

// A task that needs no waiting.
template <class T>
Task<T> ready(T value) {
  co_return value;
}

// One coroutine's wait for one value. Only on the loop's thread. The object must outlive the wait.
template <class T>
class Completion {
 public:
  Completion() = default;
  Completion(const Completion&) = delete;
  Completion& operator=(const Completion&) = delete;

  // Suspends until complete(). At most one coroutine waits at a time.
  Task<T> wait() {
    UseTask token;  // Asio takes it by a non-const reference
    return boost::asio::async_initiate<UseTask, void(T)>(
        [this](Handler handler) { handler_.emplace(std::move(handler)); }, token);
  }

  [[nodiscard]] bool waiting() const { return handler_.has_value(); }

  // Resumes the coroutine before it returns; does nothing when none waits. The coroutine may
  // destroy this object, so nothing of it is touched afterwards.
  void complete(T value) {
    if (!handler_) return;
    Handler handler = std::move(*handler_);
    handler_.reset();
    std::move(handler)(std::move(value));
  }

 private:
  using Handler = typename boost::asio::async_result<UseTask, void(T)>::handler_type;
  std::optional<Handler> handler_;
};

}  // namespace chat
