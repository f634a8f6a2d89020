#include "chat/store_health.hpp"

#include "catch.hpp"
#include "memory_store.hpp"

using namespace chat;
using namespace chat::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

struct HealthFixture {
  StoreTrouble trouble_after_probe() {
    health.probe(store);
    return health.trouble();
  }

  // Whether the next probe is due within so long.
  [[nodiscard]] bool due_within(milliseconds time) const {
    return health.next_probe() <= StoreHealth::Clock::now() + time;
  }

  MemoryDatabase database;
  MemoryStore store{database};
  StoreHealth health{seconds{3600}};
};

}  // namespace

TEST_CASE("A store is asked at first, and again when nothing was stored for the interval") {
  HealthFixture f;
  CHECK(f.due_within(milliseconds{0}));
  CHECK(f.trouble_after_probe() == StoreTrouble::none);
  CHECK_FALSE(f.due_within(seconds{3500}));
}

TEST_CASE("Messages that were stored make a probe needless") {
  HealthFixture f;
  f.health.stored();
  CHECK_FALSE(f.due_within(seconds{3500}));
}

TEST_CASE("A probe that fails is believed when the next one fails too, soon after") {
  HealthFixture f;
  f.database.set_trouble(StoreTrouble::read_only);
  CHECK(f.trouble_after_probe() == StoreTrouble::none);
  CHECK(f.due_within(seconds{1}));
  CHECK(f.trouble_after_probe() == StoreTrouble::read_only);
  CHECK(f.due_within(seconds{1}));

  f.database.set_trouble(StoreTrouble::none);
  CHECK(f.trouble_after_probe() == StoreTrouble::none);
  CHECK_FALSE(f.due_within(seconds{3500}));
}

TEST_CASE("One probe that fails between two that do not is no trouble") {
  HealthFixture f;
  f.database.set_trouble(StoreTrouble::too_slow);
  f.trouble_after_probe();
  f.database.set_trouble(StoreTrouble::none);
  f.trouble_after_probe();
  f.database.set_trouble(StoreTrouble::too_slow);
  CHECK(f.trouble_after_probe() == StoreTrouble::none);
}

TEST_CASE("Messages that were given up are a trouble at once, and a message does not end it") {
  HealthFixture f;
  f.health.gave_up(StoreTrouble::disk_full);
  CHECK(f.health.trouble() == StoreTrouble::disk_full);
  f.health.stored();
  CHECK(f.health.trouble() == StoreTrouble::disk_full);
  CHECK(f.trouble_after_probe() == StoreTrouble::none);
}

TEST_CASE("A full disk is over when the largest message fits again, not the smallest") {
  HealthFixture f;
  f.health.gave_up(StoreTrouble::disk_full);
  f.database.set_trouble(StoreTrouble::disk_full, /*only_thorough=*/true);
  CHECK(f.trouble_after_probe() == StoreTrouble::disk_full);
}

TEST_CASE("A refused message is tried on the store: it refuses all, or it was that one") {
  HealthFixture f;
  f.health.stored();
  f.health.refused();
  CHECK(f.due_within(milliseconds{0}));
  SECTION("that one") { CHECK(f.trouble_after_probe() == StoreTrouble::none); }
  SECTION("all") {
    f.database.set_trouble(StoreTrouble::refuses, /*only_thorough=*/true);
    CHECK(f.trouble_after_probe() == StoreTrouble::refuses);
  }
}

TEST_CASE("A worker to which nobody posts finds a full disk, too") {
  HealthFixture f;
  for (int i = 0; i < 10; ++i) CHECK(f.trouble_after_probe() == StoreTrouble::none);
  f.database.set_trouble(StoreTrouble::disk_full, /*only_thorough=*/true);
  for (int i = 0; i < 7; ++i) f.trouble_after_probe();
  CHECK(f.health.trouble() == StoreTrouble::disk_full);
}

TEST_CASE("Every trouble has a sentence of its own") {
  CHECK(std::string(describe(StoreTrouble::out_of_reach)) == "The database is out of reach");
  CHECK(std::string(describe(StoreTrouble::read_only)) == "The database is read-only");
  CHECK(std::string(describe(StoreTrouble::disk_full)) == "The database's disk is full");
}
