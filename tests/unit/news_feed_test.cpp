#include "catch.hpp"
#include "metrics/worker_metrics.hpp"
#include "news_feed_fixture.hpp"

using namespace chat;
using namespace chat::test;

TEST_CASE("The first look tells where the news begin and nothing of what was before") {
  NewsFixture f;
  f.database.add("old");
  f.database.add("newest");
  f.start_feed();

  const auto looks = f.looks_up_to(0);

  CHECK(kinds_of(looks) == std::vector<Kind>{Kind::primed, Kind::done});
  CHECK(looks.front().position == id_of(2));
}

TEST_CASE("News of all rooms are told in pages, in order, and then the look is done") {
  NewsFixture f;
  f.start_feed();
  f.looks_up_to(0);
  for (const char* body : {"1", "2", "3"}) f.database.add(body);
  f.database.add("4", "kitchen");
  f.database.add("5");

  const auto looks = f.looks_up_to(f.feed.request_look());

  CHECK(kinds_of(looks) == std::vector<Kind>{Kind::news, Kind::news, Kind::news, Kind::done});
  CHECK(bodies_told(looks) == Bodies{"1", "2", "3", "4", "5"});
  CHECK(looks[0].position == id_of(2));
  CHECK(looks[2].position == id_of(5));
}

TEST_CASE("A full page of news with nothing after it is no reason to tell an empty one") {
  NewsFixture f;
  f.start_feed();
  f.looks_up_to(0);
  f.database.add("1");
  f.database.add("2");
  CHECK(kinds_of(f.looks_up_to(f.feed.request_look())) ==
        std::vector<Kind>{Kind::news, Kind::done});
  CHECK(kinds_of(f.looks_up_to(f.feed.request_look())) == std::vector<Kind>{Kind::done});
}

TEST_CASE("A request during a look is answered by the next one") {
  NewsFixture f;
  f.start_feed();
  f.looks_up_to(0);
  f.database.hold();
  const std::uint64_t early = f.feed.request_look();
  f.database.wait_until_held(1);
  const std::uint64_t late = f.feed.request_look();
  f.database.release();

  const auto looks = f.looks_up_to(late);

  REQUIRE(looks.size() == 2);
  CHECK(looks[0].ticket == early);
  CHECK(looks[1].ticket == late);
}

TEST_CASE("Requests that come together are answered by one look") {
  NewsFixture f;
  f.start_feed();
  f.looks_up_to(0);
  f.database.hold();
  f.feed.request_look();
  f.database.wait_until_held(1);
  f.feed.request_look();
  f.feed.request_look();
  const std::uint64_t last = f.feed.request_look();
  f.database.release();

  CHECK(f.looks_up_to(last).size() == 2);
}

TEST_CASE("A look that fails says so, and the next one tells what was missed, once") {
  NewsFixture f;
  f.start_feed();
  f.looks_up_to(0);
  f.database.add("told");
  f.looks_up_to(f.feed.request_look());
  f.database.set_unavailable(true);
  f.database.add("missed");
  const std::uint64_t ticket = f.feed.request_look();
  const auto failed = f.looks_up_to(ticket);
  f.database.set_unavailable(false);
  const auto back = f.looks_up_to(f.feed.request_look());

  CHECK(kinds_of(failed) == std::vector<Kind>{Kind::failed});
  CHECK(failed[0].ticket == ticket);
  CHECK(bodies_told(back) == Bodies{"missed"});
}

TEST_CASE("A database that is away at first is where the news begin when it comes") {
  NewsFixture f;
  f.database.set_unavailable(true);
  f.start_feed();
  CHECK(kinds_of(f.looks_up_to(0)) == std::vector<Kind>{Kind::failed});
  f.database.add("before it was back");
  f.database.set_unavailable(false);

  const auto looks = f.looks_up_to(f.feed.request_look());

  CHECK(kinds_of(looks) == std::vector<Kind>{Kind::primed, Kind::done});
  CHECK(looks[0].position == id_of(1));
}

TEST_CASE("A store that fails as it should not is a look that failed, not the end") {
  NewsFixture f;
  f.start_feed();
  f.looks_up_to(0);
  f.database.set_broken(true);
  CHECK(kinds_of(f.looks_up_to(f.feed.request_look())) == std::vector<Kind>{Kind::failed});
  f.database.set_broken(false);
  CHECK(kinds_of(f.looks_up_to(f.feed.request_look())) == std::vector<Kind>{Kind::done});
}

TEST_CASE("A feed that was never started ends like one that waits") {
  NewsFixture never_started;
  NewsFixture waiting;
  waiting.start_feed();
  waiting.looks_up_to(0);
}

TEST_CASE("The first look reads the database's clock as well") {
  NewsFixture f;
  f.database.set_clock_offset(std::chrono::microseconds{1234});
  metrics().gauges.database_clock_offset_us.set(std::int64_t{0});
  f.start_feed();
  f.looks_up_to(0);
  f.run_until([] { return metrics().gauges.database_clock_offset_us.value() == 1234; });
  metrics().gauges.database_clock_offset_us.set(std::int64_t{0});
}

TEST_CASE("A position that is behind the newest message keeps no look from ending") {
  NewsFixture f;
  f.database.add("put in by hand");
  f.database.lose_position();
  f.start_feed();
  CHECK(kinds_of(f.looks_up_to(0)) == std::vector<Kind>{Kind::primed, Kind::done});
  f.database.add("news");
  CHECK(kinds_of(f.looks_up_to(f.feed.request_look())) ==
        std::vector<Kind>{Kind::news, Kind::done});
}

TEST_CASE("Ids that are ahead of the database's clock are measured with it") {
  NewsFixture f;
  // The twin's ids are of 1970; its clock is made to be of then.
  const auto before = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::system_clock::now().time_since_epoch() + std::chrono::hours{24});
  f.database.set_clock_offset(-before);
  f.database.add("one");
  f.start_feed();
  f.run_until([] { return metrics().gauges.ids_ahead_us.value() > 0; });
  CHECK(metrics().gauges.ids_ahead_us.value() <=
        std::chrono::microseconds(std::chrono::hours{24}).count() + 1'000'000);
  metrics().gauges.database_clock_offset_us.set(std::int64_t{0});
  metrics().gauges.ids_ahead_us.set(std::int64_t{0});
}

TEST_CASE("Looks are counted, those that fail apart") {
  NewsFixture f;
  const std::uint64_t looks = metrics().counters.looks.value();
  const std::uint64_t failures = metrics().counters.look_failures.value();
  f.start_feed();
  f.looks_up_to(0);
  f.database.set_unavailable(true);
  f.looks_up_to(f.feed.request_look());
  CHECK(metrics().counters.looks.value() == looks + 1);
  CHECK(metrics().counters.look_failures.value() == failures + 1);
}
