#include "failure_log.hpp"

#include <thread>
#include <vector>

#include "catch.hpp"
#include "standard_error.hpp"

using namespace chat;
using namespace chat::test;
using namespace std::chrono_literals;

namespace {

constexpr Failure lost{LogLevel::error, "lost", "found", /*ends_with_success=*/true};
constexpr Failure refused{LogLevel::warning, "refused", "no longer refused"};

// A log whose time is moved by hand.
class Watched {
 public:
  void lose(const std::string& why = "x") { log.happened(lost, {{"error", why}}, {}, now); }
  void find() { log.succeeded(lost, now); }
  void refuse(const std::string& limit) {
    log.happened(refused, {{"error", "over " + limit}}, limit, now);
  }

  // What is told until then, by a loop that ticks ten times a second.
  std::string pass(FailureLog::Clock::duration time) {
    const auto end = now + time;
    while (now < end) {
      now += 100ms;
      log.tell(now);
    }
    return lines();
  }

  [[nodiscard]] std::string lines() const { return standard_error.lines(); }

  StandardError standard_error;
  FailureLog log;
  FailureLog::Clock::time_point now{};
};

}  // namespace

TEST_CASE("The first failure is told at once, and those that follow are counted each minute") {
  Watched watched;
  watched.lose("first");
  CHECK(watched.lines() == "event=lost error=first\n");
  for (int minute = 1; minute <= 3; ++minute) {
    for (int i = 0; i < 30 * 59; ++i) watched.lose("more");
    watched.lose("last");
    CHECK(watched.pass(59'900ms).empty());
    CHECK(watched.pass(100ms) == "event=lost times=1771 seconds=60 error=last\n");
  }
}

TEST_CASE("Nothing is told of a failure that does not come again while it lasts") {
  Watched watched;
  watched.lose();
  CHECK(watched.lines() == "event=lost error=x\n");
  CHECK(watched.pass(600s).empty());
  watched.lose("later");
  CHECK(watched.pass(100ms) == "event=lost times=1 seconds=600 error=later\n");
}

TEST_CASE("A failure is over when it has worked and gone on working for ten seconds") {
  Watched watched;
  watched.lose();
  CHECK(watched.pass(30s) == "event=lost error=x\n");
  watched.lose();
  CHECK(watched.pass(20s).empty());
  watched.find();
  watched.find();
  // Ten seconds after the last failure are over already.
  CHECK(watched.pass(100ms) == "event=found times=2 seconds=50\n");
  CHECK(watched.pass(600s).empty());
  watched.lose("anew");
  CHECK(watched.lines() == "event=lost error=anew\n");
}

TEST_CASE("A failure that comes and goes is one failure") {
  Watched watched;
  watched.lose();
  std::string told;
  for (int i = 0; i < 299; ++i) {
    watched.find();
    told += watched.pass(1s);
    watched.lose();
  }
  watched.find();
  CHECK(told ==
        "event=lost error=x\n"
        "event=lost times=59 seconds=60 error=x\n"
        "event=lost times=60 seconds=60 error=x\n"
        "event=lost times=60 seconds=60 error=x\n"
        "event=lost times=60 seconds=60 error=x\n");
  CHECK(watched.pass(9'900ms) == "event=lost times=60 seconds=60 error=x\n");
  CHECK(watched.pass(100ms) == "event=found times=300 seconds=299\n");
}

TEST_CASE("A failure that nothing ends is over when it has not come for a minute") {
  Watched watched;
  watched.refuse("polls");
  for (int i = 0; i < 9; ++i) watched.refuse("polls");
  CHECK(watched.pass(59'900ms) == "event=refused error=\"over polls\"\n");
  CHECK(watched.pass(100ms) == "event=\"no longer refused\" times=10 seconds=0 error=polls\n");
  CHECK(watched.pass(600s).empty());
}

TEST_CASE("Of a failure that came once all is said") {
  Watched watched;
  watched.refuse("polls");
  CHECK(watched.pass(600s) == "event=refused error=\"over polls\"\n");
}

TEST_CASE("Failures of one kind are told apart, and end by themselves") {
  Watched watched;
  for (int i = 0; i < 3; ++i) {
    watched.refuse("polls");
    watched.refuse("reads");
  }
  CHECK(watched.lines() ==
        "event=refused error=\"over polls\"\nevent=refused error=\"over reads\"\n");
  CHECK(watched.pass(30s).empty());
  watched.refuse("reads");
  CHECK(watched.pass(30s) ==
        "event=\"no longer refused\" times=3 seconds=0 error=polls\n"
        "event=refused times=3 seconds=60 error=\"over reads\"\n");
  CHECK(watched.pass(30s) == "event=\"no longer refused\" times=4 seconds=30 error=reads\n");
}

TEST_CASE("The success of one thing ends no failure of another") {
  Watched watched;
  watched.refuse("polls");
  watched.log.succeeded(refused, watched.now);
  watched.lose();
  watched.log.succeeded(refused, watched.now);
  watched.refuse("polls");
  CHECK(watched.pass(20s) == "event=refused error=\"over polls\"\nevent=lost error=x\n");
}

TEST_CASE("Threads that fail at once are all counted") {
  Watched watched;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 1000; ++n) {
        watched.lose();
        watched.find();
        watched.log.tell(watched.now);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(watched.lines() == "event=lost error=x\n");
  CHECK(watched.pass(10s) == "event=found times=4000 seconds=0\n");
}

TEST_CASE("The interval can be set") {
  Watched watched;
  watched.log.set_interval(6s);
  watched.lose();
  watched.lose();
  CHECK(watched.pass(6s) == "event=lost error=x\nevent=lost times=1 seconds=6 error=x\n");
  watched.lose();
  watched.find();
  CHECK(watched.pass(1s) == "event=found times=3 seconds=6\n");
}
