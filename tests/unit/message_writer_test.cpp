#include "chat/message_writer.hpp"

#include <chrono>
#include <thread>

#include "catch.hpp"
#include "errors.hpp"
#include "messages.hpp"
#include "writer_fixture.hpp"

using namespace chat;
using namespace chat::test;
using Outcome = WriteResult::Outcome;

namespace {

MessageWriter::Limits limits_of(std::size_t batch, std::size_t queue) {
  MessageWriter::Limits limits;
  limits.batch_messages = batch;
  limits.queued_messages = queue;
  return limits;
}

}  // namespace

TEST_CASE("Keys that are past their time go though nobody posts, however many they are") {
  MemoryDatabase database;
  database.set_old_keys(2500);
  LoopFixture f;
  const MessageWriter writer(f.loop.get_executor(), f.wheel,
                             std::make_unique<MemoryStore>(database), {});
  CHECK_NOTHROW(database.wait_until_keys_are_forgotten());
}

TEST_CASE("A message is stored and its id comes back") {
  WriterFixture f;
  const WriteResult result = f.finish(f.append("hello", "key"));
  CHECK(result.outcome == Outcome::done);
  CHECK(result.id == f.database.last_position());
}

TEST_CASE("Messages that arrive while one is committed are stored together, in order") {
  WriterFixture f;
  const auto one = f.append_and_hold("one");
  const auto two = f.append("two", "2");
  const auto three = f.append("three", "3");
  const auto four = f.append("four", "4");
  f.database.release();

  const WriteResult result_of_three = f.finish(three);
  f.finish(one);
  f.finish(two);
  f.finish(four);

  CHECK(f.database.batches() == std::vector<std::size_t>{1, 3});
  CHECK(f.database.bodies() == Bodies{"one", "two", "three", "four"});
  CHECK(result_of_three.id == f.database.messages()[2]->id);
}

TEST_CASE("A batch is no larger than its limit") {
  WriterFixture f(limits_of(2, 100));
  f.append_and_hold("first");
  std::vector<Running<WriteResult>> results;
  for (const char* body : {"a", "b", "c"}) results.push_back(f.append(body, body));
  f.database.release();
  for (const auto& result : results) f.finish(result);

  CHECK(f.database.batches() == std::vector<std::size_t>{1, 2, 1});
}

TEST_CASE("After a batch of several the next one gathers for a while") {
  MessageWriter::Limits limits;
  limits.busy_messages = 2;
  limits.busy_pause = std::chrono::milliseconds{300};
  WriterFixture f(limits);
  const auto one = f.append_and_hold("one");
  const auto two = f.append("two", "2");
  const auto three = f.append("three", "3");
  f.database.release();
  for (const auto& result : {one, two, three}) f.finish(result);

  const auto four = f.append("four", "4");
  std::this_thread::sleep_for(std::chrono::milliseconds{30});
  const auto five = f.append("five", "5");
  f.finish(four);
  f.finish(five);

  CHECK(f.database.batches() == std::vector<std::size_t>{1, 2, 2});
}

TEST_CASE("A message whose answer is lost is sent again with its key and stored once") {
  WriterFixture f;
  f.database.lose_next_answer();

  const WriteResult result = f.finish(f.append("hello", "key"));

  CHECK(result.outcome == Outcome::repeated);
  CHECK(result.id == f.database.last_position());
  CHECK(f.database.bodies() == Bodies{"hello"});
  CHECK(f.database.batches() == std::vector<std::size_t>{1, 1});
}

TEST_CASE("A batch whose answer is lost is sent again whole, and every message is stored once") {
  WriterFixture f;
  f.append_and_hold("first");
  const auto two = f.append("two", "2");
  const auto three = f.append("three", "3");
  f.database.lose_next_answer();
  f.database.release();

  CHECK(f.finish(two).outcome != Outcome::unavailable);
  CHECK(f.finish(three).outcome != Outcome::unavailable);
  CHECK(f.database.bodies() == Bodies{"first", "two", "three"});
}

TEST_CASE("A message that the store refuses does not take the others with it") {
  WriterFixture f;
  f.database.reject("poison");
  f.append_and_hold("first");
  const auto good = f.append("good", "1");
  const auto poison = f.append("poison", "2");
  const auto also_good = f.append("also good", "3");
  f.database.release();

  CHECK(f.finish(good).outcome == Outcome::done);
  CHECK(f.finish(poison).outcome == Outcome::rejected);
  CHECK(f.finish(also_good).outcome == Outcome::done);
  CHECK(f.database.bodies() == Bodies{"first", "good", "also good"});
}

TEST_CASE("A known key answers the first id and another message under it is a conflict") {
  WriterFixture f;
  const WriteResult first = f.finish(f.append("hello", "key"));
  const WriteResult again = f.finish(f.append("hello", "key"));
  const WriteResult other = f.finish(f.append("bye", "key"));

  CHECK(again.outcome == Outcome::repeated);
  CHECK(again.id == first.id);
  CHECK(other.outcome == Outcome::key_conflict);
}

TEST_CASE("A full queue refuses at once") {
  WriterFixture f(limits_of(1, 2));
  f.append_and_hold("in the store");
  f.append("waits", "1");
  f.append("waits too", "2");

  const auto refused = f.append("one too many", "3");

  REQUIRE(refused.done());
  CHECK(code_thrown_by([&] { return refused.result(); }) == ErrorCode::overloaded);
  f.database.release();
}

TEST_CASE("The key of a message that was deleted stores nothing and says that it is gone") {
  WriterFixture f;
  f.finish(f.append("hello", "key"));
  f.database.remove("hello");

  CHECK(f.finish(f.append("hello", "key")).outcome == Outcome::gone);
  CHECK(f.database.bodies().empty());
}
