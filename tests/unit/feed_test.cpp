// What readers of several rooms and of changes are given, and where they are told to go on.
#include "feed/feed.hpp"

#include "catch.hpp"
#include "chat_fixture.hpp"
#include "messages.hpp"

using namespace chat;
using namespace chat::test;
using std::chrono::seconds;

namespace {

const RoomSet hall_and_attic(std::set<std::string>{"hall", "attic"});

bool waits(ChatFixture& chat, const Running<PagePtr>& poll) {
  chat.run_until([&] { return poll.done() || chat.waiting_room.parked() > 0; });
  return !poll.done();
}

}  // namespace

TEST_CASE("Who waits in several rooms is woken by any of them, once") {
  ChatFixture chat;
  chat.prime();
  const auto poll = chat.ask(query_after(nil_message_id, hall_and_attic));
  REQUIRE(waits(chat, poll));
  CHECK(chat.waiting_room.parked() == 1);

  chat.database.add("elsewhere", "kitchen");
  chat.look_succeeds();
  CHECK_FALSE(poll.done());
  chat.database.add("one", "attic");
  chat.database.add("two", "hall");
  chat.look_succeeds();

  CHECK(bodies_of(chat.finish(poll)->messages) == Bodies{"one", "two"});
  CHECK(chat.waiting_room.parked() == 0);
}

TEST_CASE("Who waits in all rooms is woken by one that nobody has used before") {
  ChatFixture chat;
  chat.prime();
  const auto poll = chat.ask(query_after(nil_message_id, RoomSet::all()));
  REQUIRE(waits(chat, poll));
  chat.database.add("first", "new-room");
  chat.look_succeeds();
  CHECK(bodies_of(chat.finish(poll)->messages) == Bodies{"first"});
}

TEST_CASE("A change is news for who reads changes, and for nobody else") {
  ChatFixture chat;
  const MessageId first = chat.database.add("as it was");
  chat.prime();
  const auto plain = chat.ask(query_after(first));
  const auto of_changes = chat.ask(with_changes(query_after(first)));
  const auto of_all = chat.ask(with_changes(query_after(first, RoomSet::all())));
  REQUIRE(waits(chat, plain));
  REQUIRE(chat.waiting_room.parked() == 3);

  chat.database.edit("as it was", "as it is");
  chat.look_succeeds();

  CHECK(bodies_of(chat.finish(of_changes)->messages) == Bodies{"as it is"});
  CHECK(bodies_of(chat.finish(of_all)->messages) == Bodies{"as it is"});
  CHECK_FALSE(plain.done());
  CHECK(chat.waiting_room.parked() == 1);
}

TEST_CASE("Changes of messages that are older than memory come from the store") {
  ChatFixture chat;
  chat.database.add("one");
  chat.database.add("two");
  chat.database.edit("one", "one, edited");
  chat.database.erase("two");
  chat.prime();
  const PagePtr page = chat.finish(chat.ask(with_changes(query_after(nil_message_id))));
  CHECK(bodies_of(page->messages) == Bodies{"one, edited", ""});
  CHECK(page->position == id_of(4));
  CHECK(bodies_of(chat.finish(chat.ask(query_after(nil_message_id)))->messages) ==
        Bodies{"one, edited"});
}

TEST_CASE("A page says where to go on: at its last message, as its reader counts") {
  ChatFixture chat;
  chat.prime();
  const MessageId one = chat.database.add("one");
  const MessageId two = chat.database.add("two");
  chat.database.edit("one", "one, edited");
  chat.look_succeeds();
  FindQuery query = at_once(query_after(nil_message_id));
  const auto plain = chat.ask(query);
  const auto changes = chat.ask(with_changes(query));
  chat.look_succeeds();
  CHECK(chat.finish(plain)->position == two);
  CHECK(chat.finish(changes)->position == id_of(3));
  query.limit = 1;
  const auto limited = chat.ask(query);
  chat.look_succeeds();
  CHECK(chat.finish(limited)->position == one);
}

TEST_CASE("Who has read everything is told up to where, and never goes back") {
  ChatFixture chat;
  chat.prime();
  const MessageId elsewhere = chat.database.add("elsewhere", "kitchen");
  chat.look_succeeds();
  const auto behind = chat.ask(at_once(query_after(nil_message_id)));
  const auto ahead = chat.ask(at_once(query_after(id_of(100))));
  chat.look_succeeds();
  CHECK(chat.finish(behind)->messages.empty());
  CHECK(chat.finish(behind)->position == ceiling_of(elsewhere));
  CHECK(chat.finish(ahead)->position == id_of(100));
}

TEST_CASE("The newest page says as of which position it was read, and an older one does not") {
  ChatFixture chat;
  chat.database.add("one");
  const MessageId two = chat.database.add("two");
  chat.prime();
  CHECK(chat.finish(chat.ask_before(page_before(max_message_id, 1)))->position == ceiling_of(two));
  CHECK_FALSE(chat.finish(chat.ask_before(page_before(two, 1)))->position);
}

TEST_CASE("One look at all rooms answers those who are further on as well") {
  ChatFixture::Options options;
  options.window_messages = 1;
  ChatFixture chat(options);
  for (const char* body : {"one", "two", "three"}) chat.database.add(body);
  chat.prime();
  // The readers are busy until all have asked.
  chat.database.hold();
  const auto first = chat.ask_before(page_before(max_message_id, 1));
  const auto second = chat.ask_before(page_before(max_message_id, 2));
  chat.database.wait_until_held(2);
  std::vector<Running<PagePtr>> polls;
  for (unsigned n = 0; n < 3; ++n) polls.push_back(chat.ask(query_after(id_of(n), RoomSet::all())));
  const std::size_t reads = chat.database.reads();
  chat.database.release();
  CHECK(bodies_of(chat.finish(polls[0])->messages) == Bodies{"one", "two", "three"});
  CHECK(bodies_of(chat.finish(polls[1])->messages) == Bodies{"two", "three"});
  CHECK(bodies_of(chat.finish(polls[2])->messages) == Bodies{"three"});
  chat.finish(first);
  chat.finish(second);
  CHECK(chat.database.reads() <= reads + 2 + 2);
}

TEST_CASE("A poll that has seen another epoch is answered at once, after a look") {
  ChatFixture chat;
  chat.database.set_epoch("new");
  chat.prime();
  FindQuery query = query_after(nil_message_id);
  query.epoch = "old";
  const auto poll = chat.ask(query);
  CHECK_FALSE(poll.done());
  chat.look_succeeds();
  const PagePtr page = chat.finish(poll);
  CHECK(page->messages.empty());
  CHECK(*page->epoch == "new");
}

TEST_CASE("A poll that was told the epoch by a worker a look ahead waits") {
  ChatFixture chat;
  chat.database.set_epoch("old");
  chat.prime();
  FindQuery query = query_after(nil_message_id);
  query.epoch = "new";
  const auto poll = chat.ask(query);
  chat.database.set_epoch("new");
  chat.look_succeeds();
  CHECK_FALSE(poll.done());
  CHECK(chat.waiting_room.parked() == 1);
}

TEST_CASE("What is said while a poll makes sure of the epoch is not missed") {
  ChatFixture chat;
  chat.database.set_epoch("old");
  chat.prime();
  FindQuery query = query_after(nil_message_id);
  query.epoch = "new";
  const auto poll = chat.ask(query);
  chat.database.set_epoch("new");
  chat.database.add("meanwhile");
  chat.look_succeeds();
  REQUIRE(poll.done());
  CHECK(bodies_of(chat.finish(poll)->messages) == Bodies{"meanwhile"});
}

TEST_CASE("A poll that waits is answered when the epoch changes, if it asks for that") {
  ChatFixture chat;
  chat.database.set_epoch("old");
  chat.prime();
  FindQuery query = query_after(nil_message_id);
  const auto plain = chat.ask(query);
  query.epoch = "old";
  const auto poll = chat.ask(query);
  REQUIRE(waits(chat, poll));
  chat.look_succeeds();
  CHECK_FALSE(poll.done());

  chat.database.set_epoch("new");
  chat.look_succeeds();

  CHECK(*chat.finish(poll)->epoch == "new");
  CHECK_FALSE(plain.done());
}

TEST_CASE("A poll without a database is not answered for its epoch") {
  ChatFixture chat;
  chat.database.set_epoch("new");
  chat.prime();
  FindQuery query = query_after(nil_message_id);
  query.epoch = "old";
  const auto poll = chat.ask(query);
  chat.look_fails();
  CHECK_FALSE(poll.done());
}
