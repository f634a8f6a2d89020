#include <algorithm>

#include "catch.hpp"
#include "chat_fixture.hpp"
#include "messages.hpp"

using namespace chat;
using namespace chat::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// Waits until the poll is parked, and says whether it was not answered.
bool is_parked(ChatFixture& chat, const Running<PagePtr>& poll) {
  chat.run_until([&] { return poll.done() || chat.waiting_room.parked() > 0; });
  return !poll.done();
}

// A reader has answered "nothing", and the loop has not heard of it yet.
Running<PagePtr> ask_and_leave_the_answer_unheard(ChatFixture& chat, const FindQuery& query) {
  const std::size_t reads = chat.database.reads();
  chat.database.hold();
  const auto poll = chat.ask(query);
  chat.database.wait_until_held(1);
  chat.database.release();
  chat.database.wait_until_read(reads + 1);
  return poll;
}

}  // namespace

TEST_CASE("A reader without a cursor gets the first messages") {
  ChatFixture chat;
  chat.database.add("one");
  chat.database.add("two");
  chat.prime();

  const PagePtr page = chat.finish(chat.ask(FindQuery{}));

  CHECK(bodies_of(page->messages) == Bodies{"one", "two"});
  CHECK_FALSE(page->more);
}

TEST_CASE("A poll waits when nothing is new and is answered by the news of its room") {
  ChatFixture chat;
  chat.prime();
  const auto poll = chat.ask(FindQuery{});
  REQUIRE(is_parked(chat, poll));

  chat.database.add("elsewhere", "kitchen");
  chat.look_succeeds();
  CHECK_FALSE(poll.done());
  chat.database.add("here");
  chat.look_succeeds();

  REQUIRE(poll.done());
  CHECK(bodies_of(poll.result()->messages) == Bodies{"here"});
}

TEST_CASE("One look that brings news of several rooms wakes the polls of each") {
  ChatFixture chat;
  chat.prime();
  std::vector<Running<PagePtr>> polls;
  for (const char* room : {"attic", "kitchen", "lobby"}) {
    FindQuery query;
    query.rooms = room;
    polls.push_back(chat.ask(query));
  }
  for (const char* room : {"lobby", "kitchen", "attic"}) chat.database.add("hello", room);
  chat.look_succeeds();
  for (const auto& poll : polls) CHECK(poll.done());
}

TEST_CASE("A message committed between a poll's look in the store and its parking is delivered") {
  ChatFixture chat;
  const MessageId old = chat.database.add("old");
  chat.database.add("elsewhere", "kitchen");
  chat.prime();

  const auto poll = ask_and_leave_the_answer_unheard(chat, query_after(old));
  chat.database.add("just now");
  chat.tell_news();  // nobody is parked yet, so this wakes nobody

  REQUIRE_FALSE(is_parked(chat, poll));
  CHECK(bodies_of(poll.result()->messages) == Bodies{"just now"});
}

TEST_CASE("A message that came and left the window during a look in the store is delivered") {
  ChatFixture chat({1000, /*window_messages=*/1});
  const MessageId old = chat.database.add("old");
  chat.database.add("elsewhere", "kitchen");
  chat.prime();

  const auto poll = ask_and_leave_the_answer_unheard(chat, query_after(old));
  chat.database.add("just now");
  chat.database.add("elsewhere, and newer", "kitchen");
  chat.tell_news();

  REQUIRE_FALSE(is_parked(chat, poll));
  CHECK(bodies_of(poll.result()->messages) == Bodies{"just now"});
}

TEST_CASE("A message committed between a poll's look and the first look of the feed is delivered") {
  ChatFixture chat;
  const auto poll = chat.ask(FindQuery{});
  REQUIRE(is_parked(chat, poll));

  chat.database.add("early");
  chat.prime();

  CHECK(bodies_of(chat.finish(poll)->messages) == Bodies{"early"});
}

TEST_CASE("A cursor inside the window is answered without a query") {
  ChatFixture chat;
  const MessageId before = chat.database.add("before");
  chat.prime();
  chat.database.add("after");
  chat.look_succeeds();
  const std::size_t reads = chat.database.reads();

  const auto poll = chat.ask(query_after(before));
  chat.look_succeeds();  // the look that makes the answer as fresh as its question
  const PagePtr page = poll.result();

  CHECK(bodies_of(page->messages) == Bodies{"after"});
  CHECK(chat.database.reads() == reads + 1);  // the feed's
}

TEST_CASE("A poll whose time is up is answered with an empty page") {
  ChatFixture chat;
  chat.prime();
  const auto poll = chat.ask(FindQuery{});
  REQUIRE(is_parked(chat, poll));

  chat.pass_with_looks(seconds{9});
  CHECK_FALSE(poll.done());
  chat.pass_with_looks(seconds{2});

  REQUIRE(poll.done());
  CHECK(poll.result()->messages.empty());
}

TEST_CASE("A poll whose client has left ends without an answer") {
  ChatFixture chat;
  chat.prime();
  const auto poll = chat.ask(FindQuery{});
  REQUIRE(is_parked(chat, poll));

  chat.clients.back().leave();
  chat.settle();

  REQUIRE(poll.done());
  CHECK(poll.result() == nullptr);
  CHECK(chat.waiting_room.parked() == 0);
}

TEST_CASE("The worker's end answers a parked poll with an empty page") {
  ChatFixture chat;
  chat.prime();
  const auto poll = chat.ask(FindQuery{});
  REQUIRE(is_parked(chat, poll));

  chat.waiting_room.shut_down();
  chat.settle();

  REQUIRE(poll.done());
  CHECK(poll.result()->messages.empty());
}

TEST_CASE("An answer at once sees what another worker stored before it was asked for") {
  ChatFixture chat;
  const MessageId one = chat.database.add("one");
  chat.prime();
  chat.database.add("stored elsewhere, not yet told");

  const auto answer = chat.ask(at_once(query_after(one)));
  CHECK_FALSE(answer.done());
  chat.look_succeeds();

  REQUIRE(answer.done());
  CHECK(bodies_of(answer.result()->messages) == Bodies{"stored elsewhere, not yet told"});
}

TEST_CASE("An answer at once is empty when there is nothing") {
  ChatFixture chat;
  const MessageId one = chat.database.add("one");
  chat.prime();

  const auto answer = chat.ask(at_once(query_after(one)));
  chat.look_succeeds();

  REQUIRE(answer.done());
  CHECK(answer.result()->messages.empty());
}
