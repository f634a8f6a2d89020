// The window as readers of changes see it, and readers of several rooms.
#include "catch.hpp"
#include "feed/tail_window.hpp"
#include "messages.hpp"

using namespace chat;
using namespace chat::test;

namespace {

using Found = std::optional<Bodies>;
const Found unknown;  // ask the store

MessagePtr changed(const MessagePtr& message, unsigned version, std::string body) {
  auto copy = std::make_shared<Message>(*message);
  copy->version = id_of(version);
  copy->deleted = body.empty();
  copy->body = std::move(body);
  return copy;
}

class WindowFixture {
 public:
  explicit WindowFixture(std::size_t messages = 1000, std::size_t bytes = 100'000)
      : window({messages, bytes, 1000}) {
    window.prime(id_of(10));
  }

  void say(const std::vector<MessagePtr>& news) { window.publish(news, {}, news.back()->id); }
  void change(const MessagePtr& message) { window.publish({}, {message}, message->position()); }

  [[nodiscard]] Found plain(unsigned after, const RoomSet& rooms = {},
                            std::size_t limit = 100) const {
    return found(query_after(id_of(after), rooms), limit);
  }
  [[nodiscard]] Found changes(unsigned after, const RoomSet& rooms = {},
                              std::size_t limit = 100) const {
    return found(with_changes(query_after(id_of(after), rooms)), limit);
  }

  TailWindow window;

 private:
  [[nodiscard]] Found found(const FindQuery& query, std::size_t limit) const {
    const auto messages = window.find(query, limit);
    return messages ? Found(bodies_of(*messages)) : unknown;
  }
};

}  // namespace

TEST_CASE("A changed message is where it was for who reads by id, and last for who reads changes") {
  WindowFixture f;
  f.say({message(11), message(12), message(13)});
  f.change(changed(message(11), 14, "edited"));

  CHECK(f.plain(10) == Bodies{"edited", "message 12", "message 13"});
  CHECK(f.changes(10) == Bodies{"message 12", "message 13", "edited"});
  CHECK(f.plain(13) == Bodies{});
  CHECK(f.changes(13) == Bodies{"edited"});
  CHECK(f.changes(14) == Bodies{});
  CHECK(f.window.last_position() == id_of(14));
}

TEST_CASE("A message that changed twice is told once, where it changed last") {
  WindowFixture f;
  f.say({message(11), message(12)});
  f.change(changed(message(11), 13, "edited"));
  f.change(changed(message(12), 14, "another"));
  f.change(changed(message(11), 15, "edited again"));
  CHECK(f.changes(10) == Bodies{"another", "edited again"});
  CHECK(f.changes(14) == Bodies{"edited again"});
  CHECK(f.plain(10) == Bodies{"edited again", "another"});
}

TEST_CASE("A deleted message is told to who reads changes, and is not there for the others") {
  WindowFixture f;
  f.say({message(11), message(12)});
  f.change(changed(message(11), 13, ""));
  CHECK(f.plain(10) == Bodies{"message 12"});
  CHECK(f.plain(10, {}, 1) == Bodies{"message 12"});
  CHECK(f.changes(10) == Bodies{"message 12", ""});
}

TEST_CASE("A message that is new and has changed already comes once in either order") {
  WindowFixture f;
  const MessagePtr both = changed(message(11), 13, "edited");
  f.window.publish({both, message(12)}, {both}, id_of(13));
  CHECK(f.plain(10) == Bodies{"edited", "message 12"});
  CHECK(f.changes(10) == Bodies{"message 12", "edited"});
}

TEST_CASE("A change of a message that is older than memory is told to who reads changes alone") {
  WindowFixture f;
  f.change(changed(message(5), 11, "edited"));
  CHECK(f.changes(10) == Bodies{"edited"});
  CHECK(f.plain(10) == Bodies{});
  CHECK(f.changes(9) == unknown);
}

TEST_CASE("Changes are limited with the messages, and what is beyond is unknown") {
  WindowFixture f(3);
  f.say({message(11), message(12)});
  f.change(changed(message(5), 13, "edited 5"));
  f.change(changed(message(6), 14, "edited 6"));
  CHECK(f.changes(11) == Bodies{"message 12", "edited 5", "edited 6"});
  CHECK(f.changes(10) == unknown);

  f.say({message(15), message(16)});
  CHECK(f.changes(12) == unknown);
  CHECK(f.changes(13) == Bodies{"edited 6", "message 15", "message 16"});
  // Who reads by id has lost nothing by a change that went.
  CHECK(f.plain(12) == Bodies{"message 15", "message 16"});
  CHECK(f.window.messages() == 3);
}

TEST_CASE("The bytes of what is held follow its changes") {
  WindowFixture f;
  f.say({message(11, "lobby", "12345")});
  CHECK(f.window.bytes() == 5);
  // In its place, and where it changed.
  f.change(changed(message(11), 12, "1234567"));
  CHECK(f.window.bytes() == 14);
  f.change(changed(message(11), 13, ""));
  CHECK(f.window.bytes() == 0);
}

TEST_CASE("After messages went unversioned, changes from before are unknown") {
  WindowFixture f;
  f.say({message(11), message(12)});
  f.change(changed(message(11), 13, "edited"));
  f.window.reload({message(11), message(12)}, id_of(13));
  CHECK(f.plain(11) == Bodies{"message 12"});
  CHECK(f.changes(12) == unknown);
  CHECK(f.changes(13) == Bodies{});
}

TEST_CASE("Several rooms are one sequence, and all are every room's") {
  WindowFixture f;
  f.say({message(11, "a"), message(12, "b"), message(13, "c"), message(14, "a")});
  const RoomSet a_and_b(std::set<std::string>{"a", "b"});
  CHECK(f.plain(10, a_and_b) == Bodies{"message 11", "message 12", "message 14"});
  CHECK(f.plain(11, a_and_b, 1) == Bodies{"message 12"});
  CHECK(f.plain(10, RoomSet::all(), 3) == Bodies{"message 11", "message 12", "message 13"});
  CHECK(f.plain(9, RoomSet::all()) == unknown);

  f.change(changed(message(12, "b"), 15, "edited"));
  CHECK(f.changes(11, a_and_b) == Bodies{"message 14", "edited"});
  CHECK(f.changes(13, RoomSet::all()) == Bodies{"message 14", "edited"});
}

TEST_CASE("Of several rooms all must be known") {
  WindowFixture f;
  f.say({message(11, "a"), message(12, "b")});
  const RoomSet both(std::set<std::string>{"a", "b"});
  f.window.learn_empty(query_after(id_of(5), "a"), id_of(10));
  CHECK(f.plain(5, both) == unknown);
  f.window.learn_empty(query_after(id_of(5), both), id_of(10));
  CHECK(f.plain(5, both) == Bodies{"message 11", "message 12"});
}

TEST_CASE(
    "What was learned without changes says nothing of changes, and the other way round it does") {
  WindowFixture f;
  f.window.learn_empty(query_after(id_of(5)), id_of(10));
  CHECK(f.plain(5) == Bodies{});
  CHECK(f.changes(5) == unknown);
  f.window.learn_empty(with_changes(query_after(id_of(6))), id_of(10));
  CHECK(f.changes(6) == Bodies{});
  CHECK(f.plain(5) == Bodies{});
  f.window.learn_empty(with_changes(query_after(id_of(3), RoomSet::all())), id_of(10));
  CHECK(f.changes(3, RoomSet::all()) == Bodies{});
}
