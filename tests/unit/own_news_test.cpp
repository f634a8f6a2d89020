// What a worker has stored itself is known to its readers without a look, if it is what comes next.
#include "feed/own_news.hpp"

#include "catch.hpp"
#include "chat_fixture.hpp"
#include "messages.hpp"

using namespace chat;
using namespace chat::test;

namespace {

using Outcome = WriteResult::Outcome;

// A chat in which nobody looks until the test does.
struct OwnNewsFixture : ChatFixture {
  OwnNewsFixture() {
    writer.tell_own_news_to([this](const OwnNews& news) { feed.take_own(news); });
    prime();
  }

  Running<PagePtr> waiting_after(const MessageId& after) {
    auto poll = ask(query_after(after));
    run_until([&] { return poll.done() || waiting_room.parked() > 0; });
    return poll;
  }

  Message say(const std::string& body) {
    return finish(start(service.create_message(new_message(body, body))));
  }
};

}  // namespace

TEST_CASE("A reader has what his own worker stored, though nobody has looked") {
  OwnNewsFixture chat;
  const auto poll = chat.waiting_after(nil_message_id);
  const Message said = chat.say("hello");
  const PagePtr page = chat.finish(poll);
  CHECK(bodies_of(page->messages) == Bodies{"hello"});
  CHECK(page->messages[0]->id == said.id);
  CHECK(page->position == said.id);
}

TEST_CASE("A look that finds the same again tells nobody twice") {
  OwnNewsFixture chat;
  const Message first = chat.say("first");
  const auto poll = chat.waiting_after(first.id);
  chat.tell_news();
  CHECK_FALSE(poll.done());
  CHECK(chat.tail.messages() == 1);
  chat.say("second");
  CHECK(bodies_of(chat.finish(poll)->messages) == Bodies{"second"});
}

TEST_CASE("What somebody else has said in between is never passed over") {
  OwnNewsFixture chat;
  const auto poll = chat.waiting_after(nil_message_id);
  chat.database.add("by another worker");
  chat.say("here");
  CHECK_FALSE(poll.done());
  chat.look_succeeds();
  CHECK(bodies_of(chat.finish(poll)->messages) == Bodies{"by another worker", "here"});
}

TEST_CASE("What was changed in between is never passed over") {
  OwnNewsFixture chat;
  const Message first = chat.say("first");
  const auto poll = chat.ask(with_changes(query_after(first.id)));
  chat.run_until([&] { return chat.waiting_room.parked() > 0; });
  chat.database.edit("first", "edited");
  chat.say("second");
  CHECK_FALSE(poll.done());
  chat.look_succeeds();
  CHECK(bodies_of(chat.finish(poll)->messages) == Bodies{"edited", "second"});
}

TEST_CASE("Before the first look nothing is taken for what comes next") {
  ChatFixture chat;
  chat.feed.take_own({ceiling_of(nil_message_id), {message(1)}});
  CHECK(chat.tail.messages() == 0);
}

TEST_CASE("Of a batch only what it has stored is news, in pieces where it went in pieces") {
  const std::vector<NewMessage> batch{new_message("a", "1"), new_message("b", "2"),
                                      new_message("c", "3"), new_message("d", "4")};
  std::vector<WriteResult> results(4);
  results[0] = {Outcome::done, id_of(11), StoreTrouble::none, {}, id_of(10)};
  results[1] = {Outcome::repeated, id_of(3), StoreTrouble::none, message(3), {}};
  results[2] = {Outcome::done, id_of(13), StoreTrouble::none, {}, id_of(10)};
  results[3] = {Outcome::done, id_of(15), StoreTrouble::none, {}, id_of(14)};
  const auto news = own_news_of(batch, results);
  REQUIRE(news.size() == 2);
  CHECK(news[0].follows == id_of(10));
  CHECK(bodies_of(news[0].messages) == Bodies{"a", "c"});
  CHECK(bodies_of(news[1].messages) == Bodies{"d"});
}
