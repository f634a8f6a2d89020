// A writer whose store fails, is away or never answers, and one that ends.
#include <chrono>

#include "catch.hpp"
#include "messages.hpp"
#include "writer_fixture.hpp"

using namespace chat;
using namespace chat::test;
using Outcome = WriteResult::Outcome;

namespace {

MessageWriter::Limits without_patience() {
  MessageWriter::Limits limits;
  limits.retry_for = std::chrono::milliseconds{0};
  return limits;
}

}  // namespace

TEST_CASE("A writer whose store does not come back is stuck until it does") {
  MessageWriter::Limits limits;
  limits.stuck_after = std::chrono::milliseconds{0};
  WriterFixture f(limits);
  f.run_until([&] { return f.writer.trouble() == StoreTrouble::none; });
  const auto held = f.append_and_hold("hello");
  CHECK(f.writer.trouble() == StoreTrouble::does_not_answer);

  f.database.release();
  f.finish(held);
  CHECK(f.writer.trouble() == StoreTrouble::none);
}

TEST_CASE("A writer is not stuck while its store takes its time") {
  WriterFixture f;
  f.append_and_hold("hello");
  CHECK(f.writer.trouble() == StoreTrouble::none);
}

TEST_CASE("A store that fails as it should not leaves the outcome open and the writer alive") {
  WriterFixture f(without_patience());
  f.database.set_broken(true);
  CHECK(f.finish(f.append("hello", "key")).outcome == Outcome::unavailable);
  f.database.set_broken(false);
  CHECK(f.finish(f.append("hello", "key")).outcome == Outcome::done);
}

TEST_CASE("A store that stays away is tried three times before a message is refused") {
  WriterFixture f(without_patience());
  f.database.set_unavailable(true);

  const WriteResult result = f.finish(f.append("hello", "key"));

  CHECK(result.outcome == Outcome::unavailable);
  CHECK(f.database.batches().size() == 3);
}

TEST_CASE("A store that is away is not asked again without a pause") {
  MessageWriter::Limits limits;
  limits.retry_for = std::chrono::milliseconds{300};
  WriterFixture f(limits);
  f.database.set_unavailable(true);

  f.finish(f.append("hello", "key"));

  // A tenth of a second between two of them; a slow machine makes fewer.
  CHECK(f.database.batches().size() <= 4);
}

TEST_CASE("Once a store has been away for long, the next message is tried once") {
  WriterFixture f(without_patience());
  f.database.set_unavailable(true);
  f.finish(f.append("hello", "key"));

  f.finish(f.append("hello again", "another key"));

  CHECK(f.database.batches().size() == 4);
}

TEST_CASE("A store that is back gets all its attempts again") {
  WriterFixture f(without_patience());
  f.database.set_unavailable(true);
  f.finish(f.append("one", "1"));
  f.database.set_unavailable(false);
  CHECK(f.finish(f.append("two", "2")).outcome == Outcome::done);
  f.database.lose_next_answer();
  CHECK(f.finish(f.append("three", "3")).outcome == Outcome::repeated);
}

TEST_CASE("After the worker's end began, what is queued is tried once more and not again") {
  WriterFixture f;
  f.append_and_hold("first");
  const auto queued = f.append("queued", "key");
  f.database.set_unavailable(true);
  f.writer.shut_down();
  f.database.release();

  CHECK(f.finish(queued).outcome == Outcome::unavailable);
  CHECK(f.database.batches() == std::vector<std::size_t>{1, 1});
}

TEST_CASE("What is queued at the worker's end is still stored when the store works") {
  WriterFixture f;
  f.append_and_hold("first");
  const auto queued = f.append("queued", "key");
  f.writer.shut_down();
  f.database.release();

  CHECK(f.finish(queued).outcome == Outcome::done);
}

TEST_CASE("A store that never answers does not hold a message beyond its time") {
  WriterFixture f;
  const auto first = f.append_and_hold("first");

  f.pass(std::chrono::seconds{20});

  REQUIRE(first.done());
  CHECK(first.result().outcome == Outcome::unavailable);
  f.database.release();
}

TEST_CASE("Messages that were given up say why, and so does the writer until a probe succeeds") {
  WriterFixture f(without_patience());
  f.database.set_trouble(StoreTrouble::read_only);
  const WriteResult result = f.finish(f.append("hello", "key"));

  CHECK(result.outcome == Outcome::unavailable);
  CHECK(result.trouble == StoreTrouble::read_only);
  CHECK(f.writer.trouble() == StoreTrouble::read_only);

  f.database.set_trouble(StoreTrouble::none);
  f.run_until([&] { return f.writer.trouble() == StoreTrouble::none; });
}
