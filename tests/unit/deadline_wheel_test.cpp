#include "runtime/deadline_wheel.hpp"

#include <functional>
#include <memory>
#include <string>

#include "catch.hpp"

using namespace chat;
using std::chrono::milliseconds;

namespace {

class Alarm : public Deadline {
 public:
  explicit Alarm(std::function<void()> callback) : callback_(std::move(callback)) {}
  void on_deadline() override {
    const std::function<void()> callback = callback_;  // which may destroy this alarm
    callback();
  }

 private:
  std::function<void()> callback_;
};

void pass(DeadlineWheel& wheel, std::size_t ticks) {
  while (ticks-- > 0) wheel.tick();
}

}  // namespace

TEST_CASE("A deadline is called once, at its tick") {
  DeadlineWheel wheel;
  int calls = 0;
  Alarm alarm([&] { ++calls; });
  wheel.arm(alarm, 3);

  pass(wheel, 2);
  CHECK(calls == 0);
  pass(wheel, 1);
  CHECK(calls == 1);
  pass(wheel, 3000);
  CHECK(calls == 1);
}

TEST_CASE("Deadlines are called in the order of their ticks") {
  DeadlineWheel wheel;
  std::string order;
  Alarm late([&] { order += "late "; });
  Alarm early([&] { order += "early "; });
  Alarm also_early([&] { order += "also "; });
  wheel.arm(late, 5);
  wheel.arm(early, 2);
  wheel.arm(also_early, 2);
  pass(wheel, 10);
  CHECK(order == "early also late ");
}

TEST_CASE("A deadline that is armed again counts from then") {
  DeadlineWheel wheel;
  int calls = 0;
  Alarm alarm([&] { ++calls; });
  wheel.arm(alarm, 2);
  pass(wheel, 1);
  wheel.arm(alarm, 4);
  pass(wheel, 2);
  CHECK(calls == 0);
  pass(wheel, 1);
  CHECK(calls == 1);
}

TEST_CASE("A deadline that was disarmed or destroyed is not called") {
  DeadlineWheel wheel;
  int calls = 0;
  Alarm disarmed([&] { ++calls; });
  wheel.arm(disarmed, 1);
  disarmed.disarm();
  {
    Alarm destroyed([&] { ++calls; });
    wheel.arm(destroyed, 1);
  }
  pass(wheel, 2);
  CHECK(calls == 0);
}

TEST_CASE("A deadline that has passed already is called at the next tick") {
  DeadlineWheel wheel;
  pass(wheel, 10);
  int calls = 0;
  Alarm alarm([&] { ++calls; });
  wheel.arm(alarm, 10);
  Alarm long_ago([&] { ++calls; });
  wheel.arm(long_ago, 0);
  pass(wheel, 1);
  CHECK(calls == 2);
}

TEST_CASE("A deadline may destroy itself and its neighbours when it is called") {
  DeadlineWheel wheel;
  int calls = 0;
  std::unique_ptr<Alarm> one;
  std::unique_ptr<Alarm> two;
  const auto destroy_both = [&] {
    ++calls;
    one.reset();
    two.reset();
  };
  one = std::make_unique<Alarm>(destroy_both);
  two = std::make_unique<Alarm>(destroy_both);
  wheel.arm(*one, 1);
  wheel.arm(*two, 1);
  pass(wheel, 2);
  CHECK(calls == 1);
}

TEST_CASE("A deadline that arms itself when it is called comes again at a later tick") {
  DeadlineWheel wheel;
  int calls = 0;
  Alarm* self = nullptr;
  Alarm alarm([&] {
    ++calls;
    wheel.arm(*self, wheel.now());
  });
  self = &alarm;
  wheel.arm(alarm, 1);
  pass(wheel, 1);
  CHECK(calls == 1);
  pass(wheel, 3);
  CHECK(calls == 4);
}

TEST_CASE("A deadline that falls into the slot of this very tick waits a whole turn of the wheel") {
  DeadlineWheel wheel;
  int calls = 0;
  Alarm* self = nullptr;
  Alarm alarm([&] {
    if (++calls == 1) wheel.arm(*self, wheel.now() + DeadlineWheel::slot_count);
  });
  self = &alarm;
  wheel.arm(alarm, 1);
  pass(wheel, DeadlineWheel::slot_count - 1);
  CHECK(calls == 1);
  pass(wheel, 1);
  CHECK(calls == 2);
}

TEST_CASE("A deadline beyond the wheel is shortened to the longest wait, never called at once") {
  DeadlineWheel wheel;
  int calls = 0;
  Alarm alarm([&] { ++calls; });
  wheel.arm(alarm, 1'000'000);
  pass(wheel, DeadlineWheel::slot_count - 2);
  CHECK(calls == 0);
  pass(wheel, 1);
  CHECK(calls == 1);
}

TEST_CASE("A wait is rounded up to whole ticks after the one under way") {
  DeadlineWheel wheel;
  pass(wheel, 7);
  CHECK(wheel.after(milliseconds{0}) == 7);
  CHECK(wheel.after(milliseconds{1}) == 9);
  CHECK(wheel.after(milliseconds{100}) == 9);
  CHECK(wheel.after(milliseconds{101}) == 10);
  CHECK(wheel.after(std::chrono::seconds{10}) == 108);
}

TEST_CASE("A wheel may end before the deadlines that are armed on it") {
  Alarm alarm([] { FAIL("called by a wheel that has ended"); });
  {
    DeadlineWheel wheel;
    wheel.arm(alarm, 1);
  }
  CHECK_FALSE(alarm.is_linked());
}
