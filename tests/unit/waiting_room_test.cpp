#include "feed/waiting_room.hpp"

#include <deque>

#include "catch.hpp"
#include "errors.hpp"
#include "loop_fixture.hpp"

using namespace chat;
using namespace chat::test;
using std::chrono::seconds;

namespace {

// A waiting room and the clients who are in it.
struct WaitingRoomFixture : LoopFixture {
  explicit WaitingRoomFixture(std::size_t max_polls = 10'000)
      : waiting_room(loop.get_executor(), wheel, max_polls) {}

  Running<Wake> park_again(const std::string& room = "lobby") {
    return start(waiting_room.news_or(wheel.after(seconds{10}), {room}, clients.emplace_back(),
                                      /*again=*/true));
  }

  // No task may be left waiting: its frame would never be freed.
  ~WaitingRoomFixture() {
    waiting_room.shut_down();
    settle();
  }

  Running<Wake> park(const std::string& room = "lobby", seconds timeout = seconds{10}) {
    return start(waiting_room.news_or(wheel.after(timeout), {room}, clients.emplace_back()));
  }

  WaitingRoom waiting_room;
  std::deque<Client> clients;
};

}  // namespace

TEST_CASE("News in the room wakes a poll") {
  WaitingRoomFixture f;
  const auto poll = f.park();
  CHECK_FALSE(poll.done());
  CHECK(f.waiting_room.parked() == 1);

  f.waiting_room.announce("lobby");
  f.settle();

  REQUIRE(poll.done());
  CHECK(poll.result() == Wake::news);
  CHECK(f.waiting_room.parked() == 0);
}

TEST_CASE("News elsewhere wakes nobody") {
  WaitingRoomFixture f;
  const auto poll = f.park("lobby");
  const auto other = f.park("kitchen");

  f.waiting_room.announce("kitchen");
  f.waiting_room.announce("a room where nobody waits");
  f.settle();

  CHECK_FALSE(poll.done());
  CHECK(other.done());
}

TEST_CASE("Everyone in a room is woken, and all rooms when all are announced to") {
  WaitingRoomFixture f;
  const auto one = f.park("lobby");
  const auto two = f.park("lobby");
  const auto three = f.park("kitchen");
  const auto four = f.park("cellar");

  f.waiting_room.announce("lobby");
  f.settle();
  CHECK((one.done() && two.done() && !three.done() && !four.done()));
  f.waiting_room.announce_to_all();
  f.settle();
  CHECK((three.done() && four.done()));
}

TEST_CASE("A poll's deadline wakes it at its tick, not before") {
  WaitingRoomFixture f;
  const auto poll = f.park("lobby", seconds{2});

  f.pass(std::chrono::milliseconds{1900});
  CHECK_FALSE(poll.done());
  f.pass(std::chrono::milliseconds{100});

  REQUIRE(poll.done());
  CHECK(poll.result() == Wake::deadline);
  CHECK(f.waiting_room.parked() == 0);
}

TEST_CASE("A poll that was woken by news is not woken again by its deadline") {
  WaitingRoomFixture f;
  const auto poll = f.park("lobby", seconds{1});
  f.waiting_room.announce("lobby");
  f.settle();
  const auto again =
      f.start(f.waiting_room.news_or(f.wheel.after(seconds{5}), {"lobby"}, f.clients.front()));

  f.pass(seconds{2});

  CHECK(poll.result() == Wake::news);
  CHECK_FALSE(again.done());
}

TEST_CASE("A client that leaves while it is parked is woken at once") {
  WaitingRoomFixture f;
  const auto poll = f.park();
  const auto other = f.park();

  f.clients.front().leave();
  f.settle();

  REQUIRE(poll.done());
  CHECK(poll.result() == Wake::gone);
  CHECK_FALSE(other.done());
  CHECK(f.waiting_room.parked() == 1);
}

TEST_CASE("A client that left before it would be parked is not parked") {
  WaitingRoomFixture f;
  f.clients.emplace_back().leave();

  const auto poll = f.start(f.waiting_room.news_or(100, {"lobby"}, f.clients.front()));

  REQUIRE(poll.done());
  CHECK(poll.result() == Wake::gone);
  CHECK(f.waiting_room.parked() == 0);
}

TEST_CASE("A client that leaves after the news and before its turn is gone") {
  WaitingRoomFixture f;
  const auto poll = f.park();
  f.waiting_room.announce("lobby");

  f.clients.front().leave();
  f.settle();

  CHECK(poll.result() == Wake::gone);
  CHECK(f.waiting_room.parked() == 0);
}

TEST_CASE("A deadline that comes after the news and before the turn does not wake twice") {
  WaitingRoomFixture f;
  const auto poll = f.park("lobby", seconds{1});
  f.waiting_room.announce("lobby");

  for (int i = 0; i <= 10; ++i) f.wheel.tick();
  f.settle();

  CHECK(poll.result() == Wake::deadline);
  CHECK(f.waiting_room.parked() == 0);
}

TEST_CASE("A poll that goes on waiting keeps its place when the room is full by now") {
  WaitingRoomFixture f(1);
  f.park();
  CHECK(code_thrown_by([&] { return f.park().result(); }) == ErrorCode::overloaded);
  CHECK_FALSE(f.park_again().done());
}

TEST_CASE("The worker's end wakes all who wait and parks nobody any more") {
  WaitingRoomFixture f;
  const auto one = f.park("lobby");
  const auto two = f.park("kitchen");

  f.waiting_room.shut_down();
  f.settle();
  const auto late = f.park("lobby");

  CHECK(one.result() == Wake::shutdown);
  CHECK(two.result() == Wake::shutdown);
  REQUIRE(late.done());
  CHECK(late.result() == Wake::shutdown);
}

TEST_CASE("More polls than the room holds are refused, and places are free again after a wake") {
  WaitingRoomFixture f(2);
  f.park("lobby");
  f.park("kitchen");
  const auto park_one_more = [&] {
    return f.waiting_room.news_or(100, {"lobby"}, f.clients.emplace_back());
  };
  CHECK(code_thrown_by(park_one_more) == ErrorCode::overloaded);

  f.waiting_room.announce("kitchen");
  f.settle();

  CHECK_FALSE(f.park("lobby").done());
}

TEST_CASE("A large room is woken in chunks, with turns of the loop for others in between") {
  WaitingRoomFixture f;
  constexpr std::size_t polls = 600;
  for (std::size_t i = 0; i < polls; ++i) f.park();
  f.waiting_room.announce("lobby");

  std::vector<std::size_t> parked;
  while (f.loop.poll_one() > 0) {
    if (parked.empty() || parked.back() != f.waiting_room.parked()) {
      parked.push_back(f.waiting_room.parked());
    }
  }

  CHECK(parked == std::vector<std::size_t>{600 - 256, 600 - 512, 0});
}

TEST_CASE("A poll that is parked again while its room is woken waits for the next news") {
  WaitingRoomFixture f;
  const auto wait_twice = [](WaitingRoom& room, Client& client) -> Task<Wake> {
    const std::vector<std::string> lobby{"lobby"};
    co_await room.news_or(100, lobby, client);
    co_return co_await room.news_or(100, lobby, client);
  };
  const auto poll = f.start(wait_twice(f.waiting_room, f.clients.emplace_back()));

  f.waiting_room.announce("lobby");
  f.settle();
  CHECK_FALSE(poll.done());
  f.waiting_room.announce("lobby");
  f.settle();
  CHECK(poll.done());
}
