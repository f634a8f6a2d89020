// The instruments, and what the parts of a worker count.
#include "catch.hpp"
#include "chat_fixture.hpp"
#include "messages.hpp"
#include "server_fixture.hpp"

using namespace chat;
using namespace chat::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr std::array<std::uint64_t, 2> ten_and_hundred = {10, 100};

// How much a counter grows; all tests of the process count in the same place.
class Growth {
 public:
  explicit Growth(const Counter& counter) : counter_(counter), before_(counter.value()) {}
  [[nodiscard]] std::uint64_t value() const { return counter_.value() - before_; }

 private:
  const Counter& counter_;
  std::uint64_t before_;
};

Growth growth_of(PollEnd end) { return Growth(metrics().counters.poll_answered(end)); }

FindQuery patient(seconds timeout = seconds{10}) {
  FindQuery query;
  query.timeout = timeout;
  return query;
}

}  // namespace

TEST_CASE("A value is counted by the first bound that is not below it") {
  Histogram<ten_and_hundred> histogram;
  for (const std::uint64_t value : {0, 10, 11, 100, 101}) histogram.observe(value);
  CHECK(histogram.bucket(0) == 2);
  CHECK(histogram.bucket(1) == 2);
  CHECK(histogram.bucket(2) == 1);
  CHECK(histogram.count() == 5);
  CHECK(histogram.sum() == 222);
}

TEST_CASE("Counters of two workers add up, each to its own kind") {
  WorkerCounters sums;
  for (int i = 0; i < 2; ++i) {
    WorkerCounters worker;
    worker.request(RouteLabel::other, 404).add(1);
    worker.looks.add(10);
    worker.append_batch_size.observe(100);
    sums.add(worker);
  }
  CHECK(sums.request(RouteLabel::other, 404).value() == 2);
  CHECK(sums.request(RouteLabel::other, 200).value() == 0);
  CHECK(sums.looks.value() == 20);
  CHECK(sums.append_batch_size.count() == 2);
  CHECK(sums.append_batch_size.sum() == 200);
}

TEST_CASE("Gauges add up, but what is the database's is as the worker says that sees it worst") {
  WorkerGauges sums;
  for (const std::int64_t offset : {100, -300, 200}) {
    WorkerGauges worker;
    worker.polls_parked.set(std::size_t{4});
    worker.database_clock_offset_us.set(offset);
    worker.search_behind_ms.set(offset + 300);
    sums.add(worker);
  }
  CHECK(sums.polls_parked.value() == 12);
  CHECK(sums.database_clock_offset_us.value() == -300);
  CHECK(sums.search_behind_ms.value() == 500);
  sums.reset();
  CHECK(sums.polls_parked.value() == 0);
}

TEST_CASE("A status without a label of its own is counted with the internal errors") {
  WorkerCounters counters;
  counters.request(RouteLabel::other, 599).add();
  CHECK(counters.request(RouteLabel::other, 500).value() == 1);
}

TEST_CASE("A poll that waited is counted once, by what ended its wait") {
  ChatFixture chat;
  chat.prime();
  const Growth news = growth_of(PollEnd::news);
  const Growth timeout = growth_of(PollEnd::timeout);
  const Growth gone = growth_of(PollEnd::gone);
  const Growth shutdown = growth_of(PollEnd::shutdown);

  const auto left = chat.ask(patient());
  chat.clients.back().leave();
  chat.finish(left);
  const auto expired = chat.ask(patient(seconds{1}));
  chat.pass(seconds{2});
  chat.finish(expired);
  const auto answered = chat.ask(patient());
  chat.database.add("hello");
  chat.look_succeeds();
  chat.finish(answered);
  chat.database.add("elsewhere", "another-room");
  const auto stopped = chat.ask([] {
    FindQuery query = patient();
    query.rooms = "empty-room";
    return query;
  }());
  chat.run_until([&] { return chat.waiting_room.parked() == 1; });
  chat.waiting_room.shut_down();
  chat.finish(stopped);

  CHECK(news.value() == 1);
  CHECK(timeout.value() == 1);
  CHECK(gone.value() == 1);
  CHECK(shutdown.value() == 1);
}

TEST_CASE("A message that was there before the wait is no delivery to measure") {
  ChatFixture::Options options;
  options.window_messages = 0;  // all is read from the database
  ChatFixture chat(options);
  chat.database.add("old");
  chat.prime();
  chat.database.set_unavailable(true);
  const auto found_late = chat.ask(patient());
  chat.run_until([&] { return chat.waiting_room.parked() == 1; });
  chat.database.set_unavailable(false);
  chat.pass(seconds{1});
  CHECK(chat.finish(found_late)->messages.size() == 1);
  CHECK_FALSE(chat.clients.back().take_news_time());
}

TEST_CASE("An answer without a wait is no poll that was answered") {
  ChatFixture chat;
  chat.database.add("hello");
  chat.prime();
  const Growth news = growth_of(PollEnd::news);
  const Growth timeout = growth_of(PollEnd::timeout);
  const auto page = chat.ask(patient());
  chat.run_until([&] {
    chat.look_succeeds();
    return page.done();
  });
  chat.finish(chat.ask([] {
    FindQuery query = patient(seconds{0});
    query.rooms = "empty-room";
    return query;
  }()));
  CHECK(news.value() == 0);
  CHECK(timeout.value() == 0);
}

TEST_CASE("A delivery is measured by the database's clock, and an id ahead of it as at once") {
  ServerFixture chat;
  const auto& deliveries = metrics().counters.poll_delivery_us;
  const auto deliver = [&](std::chrono::hours ahead) {
    metrics().gauges.database_clock_offset_us.set(
        std::int64_t{std::chrono::microseconds{ahead}.count()});
    chat.prime();
    UnixClient client = chat.connect();
    client.send(get_messages("room=r&after=" + format_message_id(chat.database.add("old", "r"))));
    chat.wait_for_polls(1);
    chat.database.add("new", "r");
    chat.look_succeeds();
    chat.answer_to(client);
  };
  const std::uint64_t count = deliveries.count();
  const std::uint64_t at_once = deliveries.bucket(0);
  const std::uint64_t late = deliveries.bucket(delivery_bounds_us.size());

  // The ids of the memory store are from the beginning of Unix time.
  deliver(std::chrono::hours{0});
  CHECK(deliveries.bucket(delivery_bounds_us.size()) == late + 1);
  deliver(std::chrono::hours{-24 * 365 * 200});
  CHECK(deliveries.bucket(0) == at_once + 1);
  CHECK(deliveries.count() == count + 2);
  metrics().gauges.database_clock_offset_us.set(std::int64_t{0});
}

TEST_CASE("Requests are counted by route and status") {
  ServerFixture chat;
  chat.prime();
  WorkerCounters& counters = metrics().counters;
  const Growth read(counters.request(RouteLabel::get_messages, 200));
  const Growth refused(counters.request(RouteLabel::post_messages, 415));
  const Growth unknown(counters.request(RouteLabel::other, 404));
  UnixClient client = chat.connect();
  const auto ask = [&](const std::string& method, const std::string& path) {
    client.send(request({{"REQUEST_METHOD", method},
                         {"DOCUMENT_URI", path},
                         {"QUERY_STRING", "before=ffffffff-ffff-ffff-ffff-ffffffffffff"}}));
    chat.answer_to(client);
  };
  ask("GET", "/messages");
  ask("GET", "/messages");
  ask("POST", "/messages");
  ask("GET", "/nowhere");
  CHECK(read.value() == 2);
  CHECK(refused.value() == 1);
  CHECK(unknown.value() == 1);
}
