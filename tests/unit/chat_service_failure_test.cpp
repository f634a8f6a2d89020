#include "catch.hpp"
#include "chat_fixture.hpp"
#include "errors.hpp"
#include "messages.hpp"

using namespace chat;
using namespace chat::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

template <class T>
std::optional<ErrorCode> failure_of(const Running<T>& running) {
  return code_thrown_by([&] { return running.result(); });
}

}  // namespace

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

TEST_CASE("A page on the way back is read from the store") {
  ChatFixture chat;
  for (const char* body : {"one", "two", "three"}) chat.database.add(body);
  FindQuery query;
  query.before = max_message_id;
  query.limit = 2;

  const PagePtr page = chat.finish(chat.ask_before(query));

  CHECK(bodies_of(page->messages) == Bodies{"two", "three"});
  CHECK(page->more);
}

TEST_CASE("A page on the way back is refused when the store cannot be asked") {
  ChatFixture chat;
  chat.database.set_unavailable(true);
  FindQuery query;
  query.before = max_message_id;

  const auto answer = chat.ask_before(query);
  chat.run_until([&] { return answer.done(); });

  CHECK(failure_of(answer) == ErrorCode::unavailable);
}

TEST_CASE("A new message comes back with its id when it is stored") {
  ChatFixture chat;

  const Message stored = chat.run(chat.service.create_message(new_message("hello", "key")));

  CHECK(stored.body == "hello");
  REQUIRE(chat.database.messages().size() == 1);
  CHECK(stored.id == chat.database.last_position());
}

TEST_CASE("A known key answers the first message and stores nothing") {
  ChatFixture chat;
  const Message first = chat.run(chat.service.create_message(new_message("hello", "key")));

  const Message again = chat.run(chat.service.create_message(new_message("hello", "key")));

  CHECK(again.id == first.id);
  CHECK(chat.database.bodies() == Bodies{"hello"});
}

TEST_CASE("A key that was used for another message is refused") {
  ChatFixture chat;
  chat.run(chat.service.create_message(new_message("hello", "key")));

  const auto other = chat.start(chat.service.create_message(new_message("bye", "key")));
  chat.run_until([&] { return other.done(); });

  CHECK(failure_of(other) == ErrorCode::key_reused);
}

TEST_CASE("A message that the store refuses is an internal error") {
  ChatFixture chat;
  chat.database.reject("poison");

  const auto refused = chat.start(chat.service.create_message(new_message("poison", "key")));
  chat.run_until([&] { return refused.done(); });

  CHECK(failure_of(refused) == ErrorCode::internal);
}
