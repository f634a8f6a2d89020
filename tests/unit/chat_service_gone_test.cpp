#include "catch.hpp"
#include "chat_fixture.hpp"
#include "errors.hpp"
#include "messages.hpp"

using namespace chat;
using namespace chat::test;
using std::chrono::seconds;

namespace {

// Two messages, both in memory, and a page of them that readers share.
struct GoneFixture : ChatFixture {
  GoneFixture() {
    prime();
    database.add("stays");
    database.add("goes");
    look_succeeds();
    REQUIRE(answer() == Bodies{"stays", "goes"});
  }

  // Of a reader who does not wait: the feed looks for him, and finds nothing new.
  Bodies answer() {
    const auto answer = ask(at_once(query_after(nil_message_id)));
    look_succeeds_without_news();
    return bodies_of(finish(answer)->messages);
  }
};

std::string sentence_of(const Running<Message>& running) {
  try {
    static_cast<void>(running.result());
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("A message that went is in no page any more, also not in one that readers share") {
  GoneFixture chat;
  chat.database.remove("goes");
  chat.feed.take(
      {Look::Kind::reloaded, id_of(2), chat.database.find_newest({10, 1000}), {}, 0, {}});
  CHECK(chat.answer() == Bodies{"stays"});
}

TEST_CASE("What a fail-over lost is in no page any more") {
  GoneFixture chat;
  chat.database.rewind(1);
  chat.feed.take({Look::Kind::primed, id_of(1), {}, {}, 0, {}});
  CHECK(chat.answer() == Bodies{"stays"});
}

TEST_CASE("A worker that has not heard of the database for 5 s serves nothing from memory") {
  GoneFixture chat;
  chat.database.remove("goes");
  chat.pass(seconds{5});
  CHECK(bodies_of(chat.finish(chat.ask(query_after(nil_message_id)))->messages) == Bodies{"stays"});
}

TEST_CASE("A POST that is repeated when its message is gone is told so") {
  ChatFixture chat;
  chat.run(chat.service.create_message(new_message("hello", "key")));
  chat.database.remove("hello");

  const auto again = chat.start(chat.service.create_message(new_message("hello", "key")));
  chat.run_until([&] { return again.done(); });

  CHECK(code_thrown_by([&] { return again.result(); }) == ErrorCode::gone);
}

TEST_CASE("A POST that cannot be stored, and the worker's health, name the kind of reason") {
  ChatFixture chat;
  chat.prime();
  chat.database.set_trouble(StoreTrouble::read_only);

  const auto post = chat.start(chat.service.create_message(new_message("hello", "key")));
  chat.run_until([&] { return post.done(); });

  CHECK(sentence_of(post) == "Unavailable: The database is read-only");
  CHECK(chat.service.trouble() == "The database is read-only");
}
