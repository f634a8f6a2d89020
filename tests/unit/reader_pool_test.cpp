#include "feed/reader_pool.hpp"

#include "catch.hpp"
#include "errors.hpp"
#include "loop_fixture.hpp"
#include "memory_store.hpp"
#include "messages.hpp"

using namespace chat;
using namespace chat::test;

namespace {

// One reader, so that what waits behind it is known.
struct ReaderFixture : LoopFixture {
  explicit ReaderFixture(std::size_t queued_reads = 100)
      : readers(loop.get_executor(), wheel,
                [this] { return std::make_unique<MemoryStore>(database); },
                {1, queued_reads, std::size_t{1} << 20, std::chrono::seconds{8}}) {}

  ~ReaderFixture() {
    database.release();
    finish_all();
  }

  Running<PagePtr> read(const FindQuery& query) { return start(read_page(query)); }

  // The reader is busy with another query from now on.
  void hold_reader() {
    database.hold();
    read(query_after(nil_message_id, "another-room"));
    database.wait_until_held(1);
  }

  // The frame keeps the query for as long as the pool needs it.
  Task<PagePtr> read_page(FindQuery query) { co_return co_await readers.read(query); }

  MemoryDatabase database;
  ReaderPool readers;
};

}  // namespace

TEST_CASE("A reader gets the page after its cursor and whether there is more") {
  ReaderFixture f;
  for (const char* body : {"one", "two", "three"}) f.database.add(body);
  f.database.add("elsewhere", "kitchen");
  FindQuery query = query_after(id_of(1));
  const PagePtr all = f.finish(f.read(query));
  query.limit = 1;
  const PagePtr first = f.finish(f.read(query));

  CHECK(bodies_of(all->messages) == Bodies{"two", "three"});
  CHECK_FALSE(all->more);
  CHECK(bodies_of(first->messages) == Bodies{"two"});
  CHECK(first->more);
}

TEST_CASE("A reader on the way back gets the page before its cursor") {
  ReaderFixture f;
  for (const char* body : {"one", "two", "three", "four"}) f.database.add(body);
  FindQuery query;
  query.before = id_of(4);
  query.limit = 2;
  const PagePtr page = f.finish(f.read(query));
  CHECK(bodies_of(page->messages) == Bodies{"two", "three"});
  CHECK(page->more);
}

TEST_CASE("Readers who ask the same before the query begins share it and its page") {
  ReaderFixture f;
  f.database.add("one");
  f.hold_reader();
  const auto first = f.read(FindQuery{});
  const auto second = f.read(FindQuery{});
  f.database.release();

  CHECK(f.finish(first) == f.finish(second));
  CHECK(f.database.reads() == 2);  // with the one that held the reader
}

TEST_CASE("A reader who asks after the query has begun gets one of its own") {
  ReaderFixture f;
  f.database.hold();
  const auto first = f.read(FindQuery{});
  f.database.wait_until_held(1);
  const auto second = f.read(FindQuery{});
  f.database.release();

  f.finish(first);
  f.finish(second);
  CHECK(f.database.reads() == 2);
}

TEST_CASE("Readers who ask anything else get pages of their own") {
  ReaderFixture f;
  f.database.add("one");
  f.database.add("two");
  f.hold_reader();
  FindQuery other_limit;
  other_limit.limit = 1;
  FindQuery backwards;
  backwards.before = id_of(2);
  const auto all = f.read(FindQuery{});
  const auto first = f.read(other_limit);
  const auto second = f.read(query_after(id_of(1)));
  const auto earlier = f.read(backwards);
  const auto elsewhere = f.read(query_after(nil_message_id, "kitchen"));
  f.database.release();

  CHECK(bodies_of(f.finish(all)->messages) == Bodies{"one", "two"});
  CHECK(bodies_of(f.finish(first)->messages) == Bodies{"one"});
  CHECK(bodies_of(f.finish(second)->messages) == Bodies{"two"});
  CHECK(bodies_of(f.finish(earlier)->messages) == Bodies{"one"});
  CHECK(f.finish(elsewhere)->messages.empty());
}

TEST_CASE("Readers who wait for the same thread are answered by one look into the store") {
  ReaderFixture f;
  f.hold_reader();
  std::vector<Running<PagePtr>> reads;
  for (int i = 0; i < 10; ++i) {
    f.database.add(std::to_string(i), "room-" + std::to_string(i));
    reads.push_back(f.read(query_after(nil_message_id, "room-" + std::to_string(i))));
  }
  f.database.release();

  for (int i = 0; i < 10; ++i) {
    CHECK(bodies_of(f.finish(reads[static_cast<std::size_t>(i)])->messages) ==
          Bodies{std::to_string(i)});
  }
  CHECK(f.database.reads() == 2);  // with the one that held the reader
}

TEST_CASE("A herd in rooms without news costs a few looks, and the few with news get theirs") {
  ReaderFixture f;
  f.hold_reader();
  std::vector<Running<PagePtr>> reads;
  for (int i = 0; i < 2000; ++i) {
    const std::string room = "room-" + std::to_string(i);
    if (i % 100 == 0) f.database.add(room, room);
    reads.push_back(f.read(query_after(nil_message_id, room)));
  }
  f.database.release();

  for (std::size_t i = 0; i < reads.size(); ++i) {
    const PagePtr page = f.finish(reads[i]);
    REQUIRE(page != nullptr);
    CHECK(page->messages.size() == (i % 100 == 0 ? 1 : 0));
  }
  // Four statements that ask who has news, four that bring it.
  CHECK(f.database.reads() == 1 + 4 + 4);
}

TEST_CASE("A store that is out of reach yields no page, and one again when it is back") {
  ReaderFixture f;
  f.database.add("one");
  f.database.set_unavailable(true);
  CHECK(f.finish(f.read(FindQuery{})) == nullptr);
  f.database.set_unavailable(false);
  CHECK(f.finish(f.read(FindQuery{})) != nullptr);
}

TEST_CASE("A store that fails as it should not yields no page and does not end the reader") {
  ReaderFixture f;
  f.database.set_broken(true);
  CHECK(f.finish(f.read(FindQuery{})) == nullptr);
  f.database.set_broken(false);
  CHECK(f.finish(f.read(FindQuery{})) != nullptr);
}

TEST_CASE("A reader beyond the queue is refused at once, those in it are answered") {
  ReaderFixture f(1);
  f.hold_reader();
  FindQuery at_once;
  at_once.timeout = std::chrono::seconds{0};
  FindQuery another = at_once;
  another.after = id_of(1);
  const auto queued = f.read(at_once);
  const auto sharing = f.read(at_once);
  const auto refused = f.read(another);
  const auto poll = f.read(query_after(id_of(1)));

  REQUIRE(refused.done());
  CHECK(code_thrown_by([&] { return refused.result(); }) == ErrorCode::overloaded);
  f.database.release();
  CHECK(f.finish(queued) != nullptr);
  CHECK(f.finish(sharing) != nullptr);
  CHECK(f.finish(poll) != nullptr);  // which is never refused here
  CHECK(f.finish(f.read(another)) != nullptr);
}

TEST_CASE("A read that takes too long yields no page, and its late answer harms nobody") {
  ReaderFixture f;
  f.database.hold();
  const auto late = f.read(FindQuery{});
  f.database.wait_until_held(1);

  f.pass(std::chrono::seconds{8});
  REQUIRE(late.done());
  CHECK(late.result() == nullptr);

  f.database.release();
  CHECK(f.finish(f.read(FindQuery{})) != nullptr);
}
