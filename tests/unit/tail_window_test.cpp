#include "feed/tail_window.hpp"

#include "catch.hpp"
#include "tail_window_fixture.hpp"

using namespace chat;
using namespace chat::test;

TEST_CASE("A window that was not primed knows nothing") {
  TailWindow window{TailWindow::Limits{}};
  CHECK(find(window, nil_message_id) == unknown);
  CHECK(find(window, max_message_id) == unknown);

  window.learn_empty(query_after(nil_message_id, "lobby"), nil_message_id);
  CHECK(find(window, nil_message_id) == unknown);
}

TEST_CASE("A primed window knows what comes after its floor and nothing of what is below") {
  TailWindow window = primed_window(10);
  CHECK(window.last_position() == id_of(10));
  CHECK(find(window, id_of(10)) == Bodies{});
  CHECK(find(window, id_of(9)) == unknown);

  publish(window, {message(11), message(12)});

  CHECK(window.last_position() == id_of(12));
  CHECK(find(window, id_of(10)) == Bodies{"message 11", "message 12"});
  CHECK(find(window, id_of(11)) == Bodies{"message 12"});
  CHECK(find(window, id_of(12)) == Bodies{});
  CHECK(find(window, id_of(9)) == unknown);
}

TEST_CASE("A cursor that names no message is only compared") {
  TailWindow window = primed_window(10);
  publish(window, {message(11), message(20)});
  CHECK(find(window, id_of(15)) == Bodies{"message 20"});
  CHECK(find(window, max_message_id) == Bodies{});
}

TEST_CASE("An empty database makes a window that knows everything") {
  TailWindow window{TailWindow::Limits{}};
  window.prime(nil_message_id);
  publish(window, {message(1)});
  CHECK(find(window, nil_message_id) == Bodies{"message 1"});
}

TEST_CASE("A page has the oldest messages, up to its limit") {
  TailWindow window = primed_window(0);
  publish(window, {message(1), message(2), message(3)});
  CHECK(find(window, id_of(0), "lobby", 2) == Bodies{"message 1", "message 2"});
}

TEST_CASE("Rooms are apart, and one without messages is known to be empty") {
  TailWindow window = primed_window(10);
  publish(window, {message(11, "lobby"), message(12, "kitchen"), message(13, "lobby")});
  CHECK(find(window, id_of(10), "lobby") == Bodies{"message 11", "message 13"});
  CHECK(find(window, id_of(10), "kitchen") == Bodies{"message 12"});
  CHECK(find(window, id_of(10), "cellar") == Bodies{});
  CHECK(find(window, id_of(9), "cellar") == unknown);
}

TEST_CASE("More messages than the window holds push the oldest out and raise the floor") {
  TailWindow window = primed_window(10, at_most(2));
  publish(window, {message(11), message(12), message(13)});
  CHECK(find(window, id_of(10)) == unknown);
  CHECK(find(window, id_of(11)) == Bodies{"message 12", "message 13"});
}

TEST_CASE("A room whose messages were all kept keeps its floor when another room's are evicted") {
  TailWindow window = primed_window(10, at_most(2));
  publish(window, {message(11, "busy"), message(12, "quiet"), message(13, "busy")});
  CHECK(find(window, id_of(10), "quiet") == Bodies{"message 12"});
  CHECK(find(window, id_of(10), "busy") == unknown);
  CHECK(find(window, id_of(11), "busy") == Bodies{"message 13"});
  CHECK(find(window, id_of(10), "never seen") == unknown);
  CHECK(find(window, id_of(11), "never seen") == Bodies{});
}

TEST_CASE("A room that is first seen after an eviction knows as much as the window") {
  TailWindow window = primed_window(10, at_most(1));
  publish(window, {message(11, "busy"), message(12, "new")});
  publish(window, {message(13, "newer")});
  CHECK(find(window, id_of(12), "newer") == Bodies{"message 13"});
  CHECK(find(window, id_of(11), "newer") == Bodies{"message 13"});
  CHECK(find(window, id_of(10), "newer") == unknown);
}

TEST_CASE("More bytes than the window holds push the oldest out") {
  TailWindow window = primed_window(10, at_most(100, 10));
  publish(window, {message(11, "lobby", "12345"), message(12, "lobby", "67890")});
  CHECK(find(window, id_of(10)) == Bodies{"12345", "67890"});
  publish(window, {message(13, "lobby", "!")});
  CHECK(find(window, id_of(10)) == unknown);
  CHECK(find(window, id_of(11)) == Bodies{"67890", "!"});
}

TEST_CASE("A window of no messages still knows that nothing follows the last id") {
  TailWindow window = primed_window(10, at_most(0));
  publish(window, {message(11)});
  CHECK(find(window, id_of(11)) == Bodies{});
  CHECK(find(window, id_of(10)) == unknown);
}

TEST_CASE("Rooms that hold no message are forgotten when there are too many") {
  TailWindow window = primed_window(10, at_most(100, 1000, 2));
  window.learn_empty(query_after(id_of(5), "one"), id_of(10));
  window.learn_empty(query_after(id_of(5), "two"), id_of(10));
  window.learn_empty(query_after(id_of(5), "three"), id_of(10));
  CHECK(find(window, id_of(5), "one") == unknown);
  CHECK(find(window, id_of(10), "one") == Bodies{});
  CHECK(find(window, id_of(5), "three") == Bodies{});
}

TEST_CASE("What one reader is told of his rooms is remembered of all, however many there are") {
  TailWindow window = primed_window(10, at_most(100, 1000, 2));
  publish(window, {message(11, "busy"), message(12, "loud")});
  FindQuery query = query_after(id_of(5));
  query.rooms = RoomSet({"one", "three", "two"});
  window.learn_empty(query, id_of(12));
  // Else he would ask the store again, and for ever.
  CHECK(window.find(query, 100).has_value());
}

TEST_CASE("Rooms whose messages were evicted are forgotten too, though nobody polls them") {
  TailWindow window = primed_window(10, at_most(1, 1000, 3));
  window.learn_empty(query_after(id_of(5), "quiet"), id_of(10));
  for (unsigned n = 11; n < 20; ++n) publish(window, {message(n, "room-" + std::to_string(n))});
  CHECK(find(window, id_of(5), "quiet") == unknown);
  CHECK(find(window, id_of(18), "room-19") == Bodies{"message 19"});
}

TEST_CASE("A window that is reloaded holds what there is now, and knows how far back") {
  TailWindow window = primed_window(10);
  publish(window, {message(11), message(12, "kitchen"), message(13)});

  window.reload({message(9), message(11), message(13, "lobby", "changed")}, id_of(13));

  CHECK(window.last_position() == id_of(13));
  CHECK(window.messages() == 2);
  CHECK(window.bytes() == std::string("message 11changed").size());
  CHECK(find(window, id_of(10)) == Bodies{"message 11", "changed"});
  CHECK(find(window, id_of(10), "kitchen") == Bodies{});
  CHECK(find(window, id_of(9)) == unknown);
}

TEST_CASE("A window that is reloaded with less than it held knows less") {
  TailWindow window = primed_window(10);
  publish(window, {message(11), message(12), message(13)});
  window.reload({message(12), message(13)}, id_of(13));
  CHECK(find(window, id_of(11)) == unknown);
  CHECK(find(window, id_of(12)) == Bodies{"message 13"});
}

TEST_CASE("A window that is reloaded with nothing does not take what it held for gone") {
  TailWindow window = primed_window(10);
  publish(window, {message(11), message(12)});
  window.reload({}, id_of(12));
  CHECK(find(window, id_of(10)) == unknown);
  CHECK(find(window, id_of(12)) == Bodies{});
}

TEST_CASE("A window that is reloaded up to a position takes what follows it again") {
  TailWindow window = primed_window(10);
  publish(window, {message(11), message(12), message(13)});
  window.reload({message(11)}, id_of(12));
  CHECK(window.last_position() == id_of(12));
  CHECK(find(window, id_of(12)) == Bodies{});
  publish(window, {message(13)});
  CHECK(find(window, id_of(11)) == Bodies{"message 13"});
}

TEST_CASE("A window that is primed again forgets everything") {
  TailWindow window = primed_window(10);
  publish(window, {message(11), message(12)});
  window.prime(id_of(5));
  CHECK(window.messages() == 0);
  CHECK(window.bytes() == 0);
  CHECK(find(window, id_of(5)) == Bodies{});
  CHECK(find(window, id_of(11)) == Bodies{});
  CHECK(find(window, id_of(4)) == unknown);
}
