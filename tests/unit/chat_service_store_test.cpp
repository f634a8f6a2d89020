// What goes straight to the store: pages on the way back, and new messages.
#include "catch.hpp"
#include "chat_fixture.hpp"
#include "messages.hpp"

using namespace chat;
using namespace chat::test;

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
