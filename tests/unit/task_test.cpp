#include "runtime/task.hpp"

#include <memory>
#include <stdexcept>
#include <string>

#include "catch.hpp"
#include "runtime/completion.hpp"

using namespace chat;

namespace {

// What a spawned task has come to.
struct End {
  bool reached = false;
  std::string failure;

  void operator()(const std::exception_ptr& thrown) {
    reached = true;
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
      failure = error.what();
    }
  }
};

Task<int> sum_of_two_waits(Completion<int>& first, Completion<int>& second) {
  const int one = co_await first.wait();
  co_return one + co_await second.wait();
}

Task<void> keep(Task<int> task, int& result) { result = co_await task; }

Task<int> failing() {
  throw std::runtime_error("as it was thrown");
  co_return 0;
}

Task<void> mark(std::shared_ptr<int> held, bool& begun) {
  begun = true;
  *held += 1;
  co_return;
}

// Each of the many ends before the next begins, so none stands on another.
Task<int> count_to(int many) {
  int count = 0;
  for (int i = 0; i < many; ++i) count += co_await ready(1);
  co_return count;
}

}  // namespace

TEST_CASE("A task waits where what it awaits waits, and goes on with the result") {
  Completion<int> first;
  Completion<int> second;
  int result = 0;
  End end;
  spawn(keep(sum_of_two_waits(first, second), result), std::ref(end));

  CHECK(first.waiting());
  first.complete(40);
  CHECK(second.waiting());
  CHECK_FALSE(end.reached);
  second.complete(2);

  CHECK(end.reached);
  CHECK(result == 42);
}

TEST_CASE("What a task throws is thrown where it is awaited") {
  int result = 0;
  End end;
  spawn(keep(failing(), result), std::ref(end));
  CHECK(end.failure == "as it was thrown");
}

TEST_CASE("A task begins when it is awaited, and one that never is frees what it holds") {
  const auto held = std::make_shared<int>(0);
  bool begun = false;
  {
    const Task<void> never = mark(held, begun);
    CHECK(held.use_count() == 2);
  }
  CHECK_FALSE(begun);
  CHECK(held.use_count() == 1);

  spawn(mark(held, begun), [](const std::exception_ptr&) {});
  CHECK(begun);
  CHECK(held.use_count() == 1);
}

TEST_CASE("A wait whose value is there already does not suspend") {
  Completion<int> first;
  Completion<int> second;
  const auto add = [](Completion<int>& known, Completion<int>& other) -> Task<int> {
    const int one = co_await known.over(1);
    co_return one + co_await other.over(2);
  };
  int result = 0;
  End end;
  spawn(keep(add(first, second), result), std::ref(end));
  CHECK(end.reached);
  CHECK(result == 3);
}

TEST_CASE("Nobody waits: a completion is nothing") {
  Completion<int> completion;
  completion.complete(1);
  CHECK_FALSE(completion.waiting());
  CHECK_FALSE(completion.wait().await_ready());
}

TEST_CASE("A thousand tasks are awaited one after the other") {
  int result = 0;
  End end;
  spawn(keep(count_to(1000), result), std::ref(end));
  CHECK(end.reached);
  CHECK(result == 1000);
}
