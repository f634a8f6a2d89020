// A feed over a database in memory, each of whose looks a test asks for.
#pragma once

#include <poll.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "feed/news_feed.hpp"
#include "loop_fixture.hpp"
#include "memory_store.hpp"
#include "messages.hpp"

namespace chat::test {

using Kind = Look::Kind;

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

inline std::vector<Kind> kinds_of(const std::vector<Look>& looks) {
  std::vector<Kind> kinds;
  for (const Look& look : looks) kinds.push_back(look.kind);
  return kinds;
}

inline Bodies bodies_told(const std::vector<Look>& looks) {
  Bodies bodies;
  for (const Look& look : looks) {
    for (const std::string& body : bodies_of(look.messages)) bodies.push_back(body);
  }
  return bodies;
}

}  // namespace chat::test
