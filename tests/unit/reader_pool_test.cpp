#include "chat/reader_pool.hpp"

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

TEST_CASE("Readers who ask anything else do not share") {
  ReaderFixture f;
  f.database.add("one");
  f.hold_reader();
  FindQuery other_limit;
  other_limit.limit = 1;
  FindQuery backwards;
  backwards.before = nil_message_id;
  std::vector<Running<PagePtr>> reads;
  for (const FindQuery& query : {FindQuery{}, query_after(id_of(1)), other_limit, backwards,
                                 query_after(nil_message_id, "kitchen")}) {
    reads.push_back(f.read(query));
  }
  f.database.release();

  for (const auto& read : reads) f.finish(read);
  CHECK(f.database.reads() == 1 + reads.size());
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
  const auto queued = f.read(FindQuery{});
  const auto sharing = f.read(FindQuery{});
  const auto refused = f.read(query_after(id_of(1)));

  REQUIRE(refused.done());
  CHECK(code_thrown_by([&] { return refused.result(); }) == ErrorCode::overloaded);
  f.database.release();
  CHECK(f.finish(queued) != nullptr);
  CHECK(f.finish(sharing) != nullptr);
  CHECK(f.finish(f.read(query_after(id_of(1)))) != nullptr);
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
