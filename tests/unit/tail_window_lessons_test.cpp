// What a window learns of a store that had nothing for a reader.
#include "catch.hpp"
#include "feed/tail_window.hpp"
#include "tail_window_fixture.hpp"

using namespace chat;
using namespace chat::test;

TEST_CASE("What the store did not have after an older cursor is known from then on") {
  TailWindow window = primed_window(10);
  window.learn_empty(query_after(id_of(5), "lobby"), id_of(10));
  CHECK(find(window, id_of(5)) == Bodies{});
  CHECK(find(window, id_of(4)) == unknown);
  CHECK(find(window, id_of(5), "kitchen") == unknown);

  publish(window, {message(11)});
  CHECK(find(window, id_of(5)) == Bodies{"message 11"});
}

TEST_CASE("A lesson about a newer cursor does not take back an older one") {
  TailWindow window = primed_window(10);
  window.learn_empty(query_after(id_of(5), "lobby"), id_of(10));
  window.learn_empty(query_after(id_of(8), "lobby"), id_of(10));
  CHECK(find(window, id_of(5)) == Bodies{});
}

TEST_CASE("A lesson counts with news that came since, as long as the window holds them") {
  TailWindow window = primed_window(10);
  publish(window, {message(11)});
  window.learn_empty(query_after(id_of(5), "lobby"), id_of(10));
  CHECK(find(window, id_of(5)) == Bodies{"message 11"});
}

TEST_CASE("A lesson does not reach over messages that came and were evicted since") {
  TailWindow window = primed_window(10, at_most(1));
  publish(window, {message(11), message(12)});
  window.learn_empty(query_after(id_of(5), "lobby"), id_of(10));
  CHECK(find(window, id_of(5)) == unknown);
  CHECK(find(window, id_of(10)) == unknown);
  CHECK(find(window, id_of(11)) == Bodies{"message 12"});
}

TEST_CASE("A lesson about a room without news does not reach over an eviction either") {
  TailWindow window = primed_window(10, at_most(1));
  publish(window, {message(11, "busy"), message(12, "busy")});
  window.learn_empty(query_after(id_of(5), "quiet"), id_of(10));
  CHECK(find(window, id_of(5), "quiet") == unknown);
}

TEST_CASE("A lesson from before the window was primed is no lesson") {
  TailWindow window = primed_window(10);
  window.learn_empty(query_after(id_of(5), "lobby"), nil_message_id);
  CHECK(find(window, id_of(5)) == unknown);
}

TEST_CASE("A lesson from beyond the window is no lesson") {
  TailWindow window = primed_window(10);
  window.learn_empty(query_after(id_of(5), "lobby"), id_of(11));
  CHECK(find(window, id_of(5)) == unknown);
}

TEST_CASE("An eviction takes back what was learned about the message's room alone") {
  TailWindow window = primed_window(10, at_most(1));
  window.learn_empty(query_after(id_of(5), "lobby"), id_of(10));
  window.learn_empty(query_after(id_of(5), "quiet"), id_of(10));
  publish(window, {message(11, "lobby"), message(12, "lobby")});
  CHECK(find(window, id_of(5), "lobby") == unknown);
  CHECK(find(window, id_of(5), "quiet") == Bodies{});
}

TEST_CASE("A window that is reloaded forgets what a room was found not to have") {
  TailWindow window = primed_window(10);
  window.learn_empty(query_after(id_of(3), "kitchen"), id_of(10));
  REQUIRE(find(window, id_of(3), "kitchen") == Bodies{});
  window.reload({}, id_of(10));
  CHECK(find(window, id_of(3), "kitchen") == unknown);
  CHECK(find(window, id_of(10), "kitchen") == Bodies{});
}
