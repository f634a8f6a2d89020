// What a feed tells when messages go, and when the database is another than it was.
#include "catch.hpp"
#include "feed/tail_window.hpp"
#include "news_feed_fixture.hpp"

using namespace chat;
using namespace chat::test;

TEST_CASE("When a message goes, the newest of those that are left are told") {
  NewsFixture f;
  f.start_feed();
  f.looks_up_to(0);
  for (const char* body : {"1", "2", "3"}) f.database.add(body);
  f.looks_up_to(f.feed.request_look());
  f.database.remove("2");

  const auto looks = f.looks_up_to(f.feed.request_look());

  CHECK(kinds_of(looks) == std::vector<Kind>{Kind::reloaded, Kind::done});
  CHECK(bodies_told(looks) == Bodies{"1", "3"});
  CHECK(looks[0].position == id_of(3));
  CHECK(kinds_of(f.looks_up_to(f.feed.request_look())) == std::vector<Kind>{Kind::done});
}

TEST_CASE("What goes and what comes before the same look are told apart, and in this order") {
  NewsFixture f;
  f.start_feed();
  f.looks_up_to(0);
  f.database.add("goes");
  f.database.add("stays");
  f.looks_up_to(f.feed.request_look());
  f.database.remove("goes");
  f.database.add("comes");

  const auto looks = f.looks_up_to(f.feed.request_look());

  CHECK(kinds_of(looks) == std::vector<Kind>{Kind::reloaded, Kind::news, Kind::done});
  CHECK(bodies_of(looks[0].messages) == Bodies{"stays"});
  CHECK(bodies_of(looks[1].messages) == Bodies{"comes"});
}

TEST_CASE("What goes that memory cannot hold is no reason to read the newest again") {
  NewsFixture f;
  f.database.add("old");
  f.database.add("newest");
  f.start_feed();
  f.looks_up_to(0);
  f.database.remove("old");
  CHECK(kinds_of(f.looks_up_to(f.feed.request_look())) == std::vector<Kind>{Kind::done});
}

TEST_CASE("After a new connection the newest messages are read again") {
  NewsFixture f;
  f.start_feed();
  f.looks_up_to(0);
  f.database.add("1");
  f.looks_up_to(f.feed.request_look());
  f.database.reconnect();

  const auto looks = f.looks_up_to(f.feed.request_look());

  CHECK(kinds_of(looks) == std::vector<Kind>{Kind::reloaded, Kind::done});
  CHECK(bodies_told(looks) == Bodies{"1"});
}

TEST_CASE("More news than memory holds, over a new connection, hide nothing that was told before") {
  NewsFixture f;
  f.start_feed();
  f.looks_up_to(0);
  f.database.add("0");
  const auto before = f.looks_up_to(f.feed.request_look());
  f.database.reconnect();
  for (int i = 1; i <= 6; ++i) f.database.add(std::to_string(i));

  const auto looks = f.looks_up_to(f.feed.request_look());

  REQUIRE(looks[0].kind == Kind::reloaded);
  TailWindow window({});
  window.prime(nil_message_id);
  window.publish(before[0].messages, {}, before[0].position);
  window.reload(looks[0].messages, looks[0].position);
  window.publish(looks[1].messages, {}, looks[1].position);
  CHECK_FALSE(window.find(query_after(nil_message_id), 10));
}

TEST_CASE("After a failover all starts over, from where the database is now") {
  NewsFixture f;
  f.start_feed();
  f.looks_up_to(0);
  f.database.add("1");
  f.looks_up_to(f.feed.request_look());
  f.database.set_epoch("first");
  f.database.set_lineage("another timeline");
  f.database.add("2");

  const auto looks = f.looks_up_to(f.feed.request_look());

  CHECK(kinds_of(looks) == std::vector<Kind>{Kind::primed, Kind::done});
  CHECK(looks[0].position == id_of(2));
  CHECK(looks[1].epoch == "first");  // of which the database makes another one by itself
}

TEST_CASE("A database that was set back is noticed, and what is stored then is news") {
  NewsFixture f;
  f.start_feed();
  f.looks_up_to(0);
  for (const char* body : {"1", "2", "3"}) f.database.add(body);
  f.looks_up_to(f.feed.request_look());
  f.database.set_epoch("first");
  f.database.rewind(1);

  const auto looks = f.looks_up_to(f.feed.request_look());
  CHECK(kinds_of(looks) == std::vector<Kind>{Kind::primed, Kind::done});
  CHECK(looks[0].position == id_of(1));
  CHECK(looks[1].epoch == "first and another");

  f.database.add("other 2");
  CHECK(bodies_told(f.looks_up_to(f.feed.request_look())) == Bodies{"other 2"});
}
