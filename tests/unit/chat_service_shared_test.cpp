// Polls that wait together: when each of them ends, and the page that they share.
#include <algorithm>

#include "catch.hpp"
#include "chat_fixture.hpp"
#include "messages.hpp"

using namespace chat;
using namespace chat::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("Polls that were parked together end on different ticks") {
  ChatFixture chat;
  chat.prime();
  std::vector<Running<PagePtr>> polls;
  for (int i = 0; i < 4; ++i) polls.push_back(chat.ask(query_after(max_message_id)));
  chat.pass_with_looks(seconds{9});
  chat.pass(milliseconds{900});

  std::vector<bool> ended;
  for (const auto& poll : polls) {
    chat.pass(milliseconds{100});
    ended.push_back(poll.done());
  }

  CHECK(chat.waiting_room.parked() == 0);
  CHECK(ended == std::vector<bool>{true, true, true, true});
}

TEST_CASE("Polls that were parked together do not expire together, and none of them early") {
  ChatFixture chat;
  chat.prime();
  constexpr std::size_t polls = 40;
  std::vector<Running<PagePtr>> all;
  for (std::size_t i = 0; i < polls; ++i) all.push_back(chat.ask(FindQuery{}));
  const auto expired = [&] {
    return std::count_if(all.begin(), all.end(), [](const auto& poll) { return poll.done(); });
  };
  const DeadlineWheel::Tick end =
      chat.wheel.now() + default_poll_timeout / DeadlineWheel::tick_length;
  std::ptrdiff_t most_at_once = 0;
  for (auto before = expired(); before < static_cast<std::ptrdiff_t>(polls); before = expired()) {
    chat.wheel.tick();
    chat.look_succeeds();
    if (chat.wheel.now() < end) REQUIRE(expired() == 0);
    REQUIRE(chat.wheel.now() < end + 10);
    most_at_once = std::max(most_at_once, expired() - before);
  }
  CHECK(most_at_once <= 10);
}

TEST_CASE("Polls at one cursor share one page, those at another do not") {
  ChatFixture chat;
  const MessageId one = chat.database.add("one");
  chat.prime();
  std::vector<Running<PagePtr>> polls;
  for (int i = 0; i < 3; ++i) polls.push_back(chat.ask(query_after(one)));
  FindQuery shorter = query_after(one);
  shorter.limit = 1;
  const auto other = chat.ask(shorter);
  REQUIRE(chat.waiting_room.parked() == 4);

  chat.database.add("two");
  chat.database.add("three");
  chat.look_succeeds();

  REQUIRE(polls[0].result()->messages.size() == 2);
  CHECK(polls[0].result() == polls[1].result());
  CHECK(polls[0].result() == polls[2].result());
  CHECK(bodies_of(other.result()->messages) == Bodies{"two"});
  CHECK(other.result()->more);
}

TEST_CASE("A shared page is not served after newer news") {
  ChatFixture chat;
  const MessageId one = chat.database.add("one");
  chat.prime();
  chat.database.add("two");
  chat.look_succeeds();
  const auto first = chat.ask(query_after(one));
  chat.look_succeeds();
  REQUIRE(first.result()->messages.size() == 1);

  chat.database.add("three");
  const auto second = chat.ask(query_after(one));
  chat.look_succeeds();

  CHECK(bodies_of(second.result()->messages) == Bodies{"two", "three"});
}
