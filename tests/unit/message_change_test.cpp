// Changes of messages on their way to the store; the writer's other side is in
// message_writer_test.cpp.
#include "catch.hpp"
#include "chat/message_writer.hpp"
#include "loop_fixture.hpp"
#include "memory_store.hpp"
#include "messages.hpp"

using namespace chat;
using namespace chat::test;
using Outcome = WriteResult::Outcome;

namespace {

constexpr SecretDigest secret{1, 2, 3};

struct ChangeFixture : LoopFixture {
  ~ChangeFixture() {
    database.release();
    finish_all();
  }

  MessageId say(const std::string& body) {
    NewMessage message = new_message(body, "key of " + body);
    message.edit_key = secret;
    return finish(start(writer.append(message))).id;
  }

  // A body, or nothing for a deletion.
  Running<WriteResult> change(const MessageId& id, std::optional<std::string> body,
                              const std::string& key) {
    return start(writer.change({id, std::move(body), {}, key, {}, secret, {}}));
  }

  WriteResult finish_as_time_passes(const Running<WriteResult>& running) {
    run_until([&] {
      wheel.tick();
      return running.done();
    });
    return running.result();
  }

  MemoryDatabase database;
  MessageWriter writer{loop.get_executor(), wheel, std::make_unique<MemoryStore>(database), {}};
};

}  // namespace

TEST_CASE("Messages and changes that gather while one is written are written in two calls") {
  ChangeFixture f;
  const MessageId one = f.say("one");
  const MessageId two = f.say("two");
  f.database.hold();
  const auto first = f.start(f.writer.append(new_message("first", "1")));
  f.database.wait_until_held(1);
  const auto edit = f.change(one, "ONE", "2");
  const auto second = f.start(f.writer.append(new_message("second", "3")));
  const auto erase = f.change(two, {}, "4");
  f.database.release();

  CHECK(f.finish(first).outcome == Outcome::done);
  CHECK(f.finish(second).outcome == Outcome::done);
  CHECK(f.finish(edit).now->body == "ONE");
  CHECK(f.finish(erase).now->deleted);
  CHECK(f.database.batches() == std::vector<std::size_t>{1, 1, 1, 1, 2});
}

TEST_CASE("A change whose answer is lost is sent again with its key and done once") {
  ChangeFixture f;
  const MessageId id = f.say("one");
  f.database.lose_next_answer();
  const WriteResult result = f.finish(f.change(id, "two", "key"));
  CHECK(result.outcome == Outcome::repeated);
  CHECK(result.now->body == "two");
  CHECK(*result.now->version == id_of(2));
}

TEST_CASE("A change of a message that somebody holds is tried again and keeps nobody waiting") {
  ChangeFixture f;
  const MessageId held = f.say("held");
  const MessageId other = f.say("other");
  f.database.hold_message("held");
  const auto waiting = f.change(held, "changed", "1");
  CHECK(f.finish(f.change(other, "changed too", "2")).outcome == Outcome::done);
  f.pass(std::chrono::seconds{1});
  REQUIRE_FALSE(waiting.done());

  f.database.hold_message("");
  CHECK(f.finish_as_time_passes(waiting).outcome == Outcome::done);
}

TEST_CASE("A change of a message that somebody does not let go ends with its time") {
  ChangeFixture f;
  const MessageId held = f.say("held");
  f.database.hold_message("held");
  const auto waiting = f.change(held, "changed", "1");
  CHECK(f.finish_as_time_passes(waiting).outcome == Outcome::locked);
}

TEST_CASE("What SQL callers handed over is done though nobody posts, however much it is") {
  ChangeFixture f;
  f.database.hand_over(1700);
  f.writer.note_handed_over();
  CHECK_NOTHROW(f.database.wait_until_all_is_done_that_was_handed_over());
}

TEST_CASE("What could not be done for SQL callers is done when it is noted again") {
  ChangeFixture f;
  f.database.set_unavailable(true);
  f.database.hand_over(1);
  f.writer.note_handed_over();
  CHECK(f.finish(f.start(f.writer.append(new_message("x", "1")))).outcome == Outcome::unavailable);
  f.database.set_unavailable(false);
  f.writer.note_handed_over();
  CHECK_NOTHROW(f.database.wait_until_all_is_done_that_was_handed_over());
}
