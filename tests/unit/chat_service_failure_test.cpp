#include "catch.hpp"
#include "chat_fixture.hpp"
#include "messages.hpp"

using namespace chat;
using namespace chat::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("A parked poll outlasts an outage and is answered when the database is back") {
  ChatFixture chat;
  const MessageId one = chat.database.add("one");
  chat.prime();
  const auto poll = chat.ask(query_after(one));
  REQUIRE(chat.waiting_room.parked() == 1);

  chat.look_fails();
  chat.pass(seconds{6});
  chat.look_fails();
  REQUIRE_FALSE(poll.done());
  chat.database.add("two");
  chat.look_succeeds();

  REQUIRE(poll.done());
  CHECK(bodies_of(poll.result()->messages) == Bodies{"two"});
}

TEST_CASE("A poll whose time is up during an outage is refused, not answered with nothing") {
  ChatFixture chat;
  const MessageId one = chat.database.add("one");
  chat.prime();
  const auto poll = chat.ask(query_after(one));
  chat.database.set_unavailable(true);
  chat.look_fails();

  chat.pass(seconds{11});

  chat.run_until([&] { return poll.done(); });
  CHECK(failure_of(poll) == ErrorCode::unavailable);
}

TEST_CASE("A poll whose time is up seconds after a look failed is not answered from memory") {
  ChatFixture chat;
  const MessageId one = chat.database.add("one");
  chat.prime();
  FindQuery query = query_after(one);
  query.timeout = seconds{2};
  const auto poll = chat.ask(query);
  chat.database.set_unavailable(true);
  chat.pass(seconds{1});
  chat.look_fails();

  chat.pass(seconds{3});

  chat.run_until([&] { return poll.done(); });
  CHECK(failure_of(poll) == ErrorCode::unavailable);
}

TEST_CASE(
    "A poll whose time is up asks the store when the news feed has said nothing for seconds") {
  ChatFixture chat;
  const MessageId one = chat.database.add("one");
  chat.prime();
  const auto poll = chat.ask(query_after(one));
  chat.database.add("untold");

  chat.pass(seconds{11});

  CHECK(bodies_of(chat.finish(poll)->messages) == Bodies{"untold"});
}

TEST_CASE("A worker that has not looked yet answers at once what the store says") {
  ChatFixture chat;
  CHECK(chat.finish(chat.ask(at_once(FindQuery{})))->messages.empty());
  chat.database.add("one");
  CHECK(bodies_of(chat.finish(chat.ask(at_once(FindQuery{})))->messages) == Bodies{"one"});
}

TEST_CASE("A poll that waits already waits for busy readers, however many wait before it") {
  ChatFixture chat({1000, /*window_messages=*/0, /*queued_reads=*/1});
  const MessageId one = chat.database.add("one");
  chat.prime();
  const auto poll = chat.ask(query_after(one));
  REQUIRE(chat.waiting_room.parked() == 1);

  // Both readers are busy and one more read fills the queue when news, which the window cannot
  // hold, sends the poll to the store.
  chat.database.hold();
  std::vector<Running<PagePtr>> others;
  for (std::size_t held = 1; held <= 2; ++held) {
    others.push_back(chat.ask_before(page_before(id_of(100), held)));
    chat.database.wait_until_held(held);
  }
  others.push_back(chat.ask_before(page_before(id_of(100), 3)));
  const MessagePtr two = std::make_shared<Message>(
      Message{chat.database.add("two"), std::string(default_room), std::nullopt, "two"});
  chat.feed.take({Look::Kind::news, two->id, {two}, {}, 0, {}});
  chat.settle();
  CHECK_FALSE(poll.done());

  chat.database.release();
  for (const auto& other : others) chat.finish(other);
  chat.pass(seconds{1});
  CHECK(bodies_of(chat.finish(poll)->messages) == Bodies{"two"});
}

TEST_CASE("A poll whose first look fails looks again each second and then finds the message") {
  ChatFixture chat;
  chat.database.add("one");
  chat.database.set_unavailable(true);
  const auto poll = chat.ask(FindQuery{});
  chat.run_until([&] { return chat.waiting_room.parked() == 1; });
  CHECK_FALSE(poll.done());

  chat.database.set_unavailable(false);
  chat.pass(seconds{1});

  CHECK(bodies_of(chat.finish(poll)->messages) == Bodies{"one"});
}

TEST_CASE("An answer at once is refused when the store cannot be asked") {
  ChatFixture chat;
  chat.database.set_unavailable(true);

  const auto answer = chat.ask(at_once(FindQuery{}));
  chat.run_until([&] { return answer.done(); });

  CHECK(failure_of(answer) == ErrorCode::unavailable);
}

TEST_CASE("An answer at once from memory is refused when the feed cannot look") {
  ChatFixture chat;
  const MessageId one = chat.database.add("one");
  chat.prime();

  chat.database.set_unavailable(true);
  const auto answer = chat.ask(at_once(query_after(one)));
  chat.look_fails();

  chat.run_until([&] { return answer.done(); });
  CHECK(failure_of(answer) == ErrorCode::unavailable);
}

TEST_CASE(
    "An answer at once does not wait for ever for a feed that is silent: the store is asked") {
  ChatFixture chat;
  const MessageId one = chat.database.add("one");
  chat.prime();
  chat.database.add("untold");

  const auto answer = chat.ask(at_once(query_after(one)));
  chat.pass(milliseconds{1900});
  CHECK_FALSE(answer.done());
  chat.pass(milliseconds{200});

  CHECK(bodies_of(chat.finish(answer)->messages) == Bodies{"untold"});
}

TEST_CASE("An answer at once is whole though memory knows only a part, and the feed cannot look") {
  ChatFixture chat;
  const MessageId one = chat.database.add("one");
  chat.prime();
  chat.database.add("told");
  chat.tell_news();
  chat.database.add("untold");

  const auto answer = chat.ask(at_once(query_after(one)));
  chat.look_fails();

  CHECK(bodies_of(chat.finish(answer)->messages) == Bodies{"told", "untold"});
}

TEST_CASE("One poll more than the worker may hold is refused") {
  ChatFixture chat({/*max_polls=*/1, 1000});
  const MessageId one = chat.database.add("one");
  chat.prime();
  const auto first = chat.ask(query_after(one));
  const auto second = chat.ask(query_after(one));

  CHECK_FALSE(first.done());
  REQUIRE(second.done());
  CHECK(failure_of(second) == ErrorCode::overloaded);
}

TEST_CASE("The worker is healthy while its looks succeed and are recent") {
  ChatFixture chat;
  CHECK_FALSE(chat.service.healthy());
  chat.prime();
  CHECK(chat.service.healthy());
  chat.look_fails();
  CHECK_FALSE(chat.service.healthy());
  chat.look_succeeds();
  CHECK(chat.service.healthy());
  chat.pass(seconds{5});
  CHECK_FALSE(chat.service.healthy());
}

TEST_CASE("A worker that is told to look seldom is healthy between its looks") {
  ChatFixture::Options options;
  options.look_interval = seconds{20};
  ChatFixture chat(options);
  chat.prime();
  chat.pass(seconds{50});
  CHECK(chat.service.healthy());
  chat.pass(seconds{10});
  CHECK_FALSE(chat.service.healthy());
}
