#include "metrics/scoreboard.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <list>

#include "catch.hpp"
#include "temporary_directory.hpp"

using namespace chat;
using namespace chat::test;

namespace {

// A worker that counts, and dies without a word.
void run_and_kill_worker(const std::string& path) {
  const pid_t child = fork();
  if (child == 0) {
    Scoreboard scoreboard(path);
    scoreboard.own().counters.looks.add(7);
    scoreboard.own().gauges.polls_parked.set(std::size_t{100});
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0) throw std::runtime_error("the worker did not count");
}

off_t size_of(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? status.st_size : -1;
}

}  // namespace

TEST_CASE("Every worker answers for all") {
  const TemporaryDirectory directory;
  const std::string path = directory.path_of("scoreboard");
  Scoreboard first(path);
  Scoreboard second(path);
  first.own().counters.looks.add(1);
  second.own().counters.looks.add(2);
  first.own().gauges.polls_parked.set(std::size_t{10});
  second.own().gauges.polls_parked.set(std::size_t{20});
  for (const Scoreboard* any : {&first, &second}) {
    const auto host = any->read();
    CHECK(host->shared);
    CHECK(host->workers.size() == 2);
    CHECK(host->counters.looks.value() == 3);
    CHECK(host->counters.worker_starts.value() == 2);
    CHECK(host->gauges.polls_parked.value() == 30);
  }
}

TEST_CASE("What a dead worker counted stays, what it held is gone") {
  const TemporaryDirectory directory;
  const std::string path = directory.path_of("scoreboard");
  Scoreboard living(path);
  run_and_kill_worker(path);
  const auto host = living.read();
  CHECK(host->counters.looks.value() == 7);
  CHECK(host->gauges.polls_parked.value() == 0);
  REQUIRE(host->workers.size() == 1);
  CHECK(host->workers[0].pid == getpid());
}

TEST_CASE("The next worker goes on in the slot of a dead one") {
  const TemporaryDirectory directory;
  const std::string path = directory.path_of("scoreboard");
  // More of them than there are slots.
  const std::size_t deaths = Scoreboard::slot_count + 6;
  for (std::size_t i = 0; i < deaths; ++i) run_and_kill_worker(path);
  Scoreboard next(path);
  const auto host = next.read();
  CHECK(host->shared);
  CHECK(host->counters.looks.value() == 7 * deaths);
  CHECK(host->counters.worker_starts.value() == deaths + 1);
  CHECK(host->gauges.polls_parked.value() == 0);
  CHECK(host->workers.size() == 1);
}

TEST_CASE("A worker that finds no slot counts for itself alone") {
  const TemporaryDirectory directory;
  const std::string path = directory.path_of("scoreboard");
  std::list<Scoreboard> workers;
  for (std::size_t i = 0; i < Scoreboard::slot_count; ++i) workers.emplace_back(path);
  Scoreboard late(path);
  late.own().counters.looks.add();
  CHECK_FALSE(late.read()->shared);
  CHECK(late.read()->counters.looks.value() == 1);
  CHECK(workers.front().read()->counters.looks.value() == 0);
  CHECK(workers.front().read()->workers.size() == Scoreboard::slot_count);
}

TEST_CASE("A scoreboard of another layout is replaced, and who has it goes on with it") {
  const TemporaryDirectory directory;
  const std::string path = directory.path_of("scoreboard");
  Scoreboard old(path);
  old.own().counters.looks.add(5);
  // The version follows eight bytes of magic.
  std::fstream(path, std::ios::in | std::ios::out | std::ios::binary).seekp(8).put('\x7f');

  Scoreboard young(path);
  young.own().counters.looks.add(1);
  CHECK(young.read()->shared);
  CHECK(young.read()->counters.looks.value() == 1);
  CHECK(old.read()->counters.looks.value() == 5);
}

TEST_CASE("A scoreboard that was half made is made again") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("scoreboard", std::string(100, '\0'));
  const Scoreboard scoreboard(path);
  CHECK(scoreboard.read()->shared);
  CHECK(size_of(path) > 100);
}

TEST_CASE("Another file at the scoreboard's path is left alone") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("precious", "not a scoreboard");
  const Scoreboard scoreboard(path);
  CHECK_FALSE(scoreboard.read()->shared);
  CHECK(size_of(path) == 16);
}

TEST_CASE("A path where nothing can be made costs no more than the others' numbers") {
  const TemporaryDirectory directory;
  Scoreboard scoreboard(directory.path_of("missing/scoreboard"));
  scoreboard.own().counters.looks.add();
  const auto host = scoreboard.read();
  CHECK_FALSE(host->shared);
  CHECK(host->counters.looks.value() == 1);
  CHECK(host->workers.size() == 1);
}

TEST_CASE("The scoreboard's file is for its user and group alone") {
  const TemporaryDirectory directory;
  const std::string path = directory.path_of("scoreboard");
  const Scoreboard scoreboard(path);
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0007) == 0);
}
