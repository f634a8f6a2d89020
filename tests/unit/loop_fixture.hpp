// An event loop for tests. Tasks run until they end or wait; time moves only when a test says so.
// What the real threads of a part bring arrives by post, so waiting for it is running the loop.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "runtime/deadline_wheel.hpp"
#include "runtime/loop.hpp"
#include "runtime/task.hpp"

namespace chat::test {

// A task that was started and may still wait.
template <class T>
class Running {
 public:
  [[nodiscard]] bool done() const { return state_->value.has_value() || state_->failure; }

  // What the task returned; throws what it threw.
  [[nodiscard]] T result() const {
    if (state_->failure) std::rethrow_exception(state_->failure);
    if (!state_->value) throw std::logic_error("the task has not ended");
    return *state_->value;
  }

 private:
  friend class LoopFixture;
  struct State {
    std::optional<T> value;
    std::exception_ptr failure;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

class LoopFixture {
 public:
  Loop loop{1};
  DeadlineWheel wheel;

  // Runs the task until it ends or waits for something.
  template <class T>
  Running<T> start(Task<T> task) {
    Running<T> running;
    ++unfinished_;
    spawn(keep_result(std::move(task), running.state_),
          [this, state = running.state_](const std::exception_ptr& failure) {
            --unfinished_;
            state->failure = failure;
          });
    settle();
    return running;
  }

  // The same for a wait that is no task.
  template <class Wait>
  auto start(Wait wait) {
    return start(awaited<decltype(wait.await_resume())>(wait));
  }

  // Runs the task to its end, with the help of other threads if it needs them.
  template <class T>
  T run(Task<T> task) {
    const Running<T> running = start(std::move(task));
    return finish(running);
  }

  template <class T>
  T finish(const Running<T>& running) {
    run_until([&] { return running.done(); });
    return running.result();
  }

  // Runs until every task that was started has ended. A task that is left waiting leaks its frame.
  void finish_all() {
    run_until([this] { return unfinished_ == 0; });
  }

  // Runs everything that is ready, and no more.
  void settle() { loop.poll(); }

  // Gives the loop turns until the predicate holds. The deadline is a failsafe against hanging.
  template <class Predicate>
  void run_until(Predicate holds) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point failsafe = Clock::now() + std::chrono::seconds{30};
    while (!holds()) {
      if (Clock::now() > failsafe) throw std::runtime_error("the loop waited in vain");
      loop.run_one_for(std::chrono::milliseconds{20});
    }
  }

  // Moves time by hand: so much, and to the end of the tick under way.
  void pass(std::chrono::milliseconds time) {
    for (auto left = time; left.count() >= 0; left -= DeadlineWheel::tick_length) {
      wheel.tick();
      settle();
    }
  }

 private:
  template <class T>
  static Task<void> keep_result(Task<T> task, std::shared_ptr<typename Running<T>::State> state) {
    state->value.emplace(co_await std::move(task));
  }

  template <class T, class Wait>
  static Task<T> awaited(Wait wait) {
    co_return co_await wait;
  }

  std::size_t unfinished_ = 0;
  boost::asio::executor_work_guard<Executor> work_{loop.get_executor()};
};

}  // namespace chat::test
