#include "feed/news_feed.hpp"

#include <poll.h>

#include "catch.hpp"
#include "feed/tail_window.hpp"
#include "loop_fixture.hpp"
#include "memory_store.hpp"
#include "messages.hpp"
#include "metrics/worker_metrics.hpp"

using namespace chat;
using namespace chat::test;
using Kind = Look::Kind;

namespace {

// Waits for requests alone, so that every look is one that a test has asked for.
class PatientNewsSource : public MemoryNewsSource {
 public:
  using MemoryNewsSource::MemoryNewsSource;

  void wait(int wake_fd, std::chrono::milliseconds) override {
    pollfd watched{wake_fd, POLLIN, 0};
    poll(&watched, 1, -1);
  }
};

struct NewsFixture : LoopFixture {
  ~NewsFixture() { database.release(); }

  void start_feed() {
    feed.start([this](const Look& look) { looks.push_back(look); });
  }

  // Runs until the look that answers the ticket has ended, and gives all that was told since the
  // last call.
  std::vector<Look> looks_up_to(std::uint64_t ticket) {
    run_until(
        [&] { return !looks.empty() && ends(looks.back()) && looks.back().ticket >= ticket; });
    return std::exchange(looks, {});
  }

  static bool ends(const Look& look) {
    return look.kind == Kind::done || look.kind == Kind::failed;
  }

  std::vector<Look> looks;
  MemoryDatabase database;
  NewsFeed feed{loop.get_executor(),
                std::make_unique<PatientNewsSource>(database),
                {std::chrono::hours{1}, /*page_messages=*/2, /*memory=*/{5, 1000}}};
};

std::vector<Kind> kinds_of(const std::vector<Look>& looks) {
  std::vector<Kind> kinds;
  for (const Look& look : looks) kinds.push_back(look.kind);
  return kinds;
}

Bodies bodies_told(const std::vector<Look>& looks) {
  Bodies bodies;
  for (const Look& look : looks) {
    for (const std::string& body : bodies_of(look.messages)) bodies.push_back(body);
  }
  return bodies;
}

}  // namespace

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
  window.reload(looks[0].messages);
  window.publish(looks[1].messages, {}, looks[1].position);
  CHECK_FALSE(window.find(query_after(nil_message_id), 10));
}

TEST_CASE("After a fail-over all begins anew, from where the database is now") {
  NewsFixture f;
  f.start_feed();
  f.looks_up_to(0);
  f.database.add("1");
  f.looks_up_to(f.feed.request_look());
  f.database.set_lineage("another timeline");
  f.database.add("2");

  const auto looks = f.looks_up_to(f.feed.request_look());

  CHECK(kinds_of(looks) == std::vector<Kind>{Kind::primed, Kind::done});
  CHECK(looks[0].position == id_of(2));
}

TEST_CASE("A database that was set back is noticed, and what is stored then is news") {
  NewsFixture f;
  f.start_feed();
  f.looks_up_to(0);
  for (const char* body : {"1", "2", "3"}) f.database.add(body);
  f.looks_up_to(f.feed.request_look());
  f.database.rewind(1);

  const auto looks = f.looks_up_to(f.feed.request_look());
  CHECK(kinds_of(looks) == std::vector<Kind>{Kind::primed, Kind::done});
  CHECK(looks[0].position == id_of(1));

  f.database.add("other 2");
  CHECK(bodies_told(f.looks_up_to(f.feed.request_look())) == Bodies{"other 2"});
}
