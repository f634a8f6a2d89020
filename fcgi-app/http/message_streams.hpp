// GET /messages as a stream of events: an endless loop around the poll's own coroutine.
#pragma once

#include <chrono>
#include <cstddef>
#include <random>

#include "chat/chat_service.hpp"
#include "http/response.hpp"
#include "runtime/deadline_wheel.hpp"

namespace chat {

// What a stream is to bring. What it says of waiting and of limits means nothing here.
struct StreamQuery {
  FindQuery messages;
  bool from_now = false;  // from the moment at which it begins to read, wherever the cursor is
};

// Only on the loop's thread.
class MessageStreams {
 public:
  // Each is drawn for each stream, so that what began together does not end together.
  struct Limits {
    // Without a message, until a stream says that it lives: so long, or up to a third longer.
    std::chrono::milliseconds quiet{15'000};
    // Until a stream ends in order, and its client comes back: so long, or up to twice.
    std::chrono::milliseconds age{1'800'000};
    // Before a client comes back.
    std::chrono::milliseconds least_retry{500};
    std::chrono::milliseconds most_retry{3000};
  };

  MessageStreams(ChatService& service, DeadlineWheel& wheel, const Limits& limits)
      : service_(service), wheel_(wheel), limits_(limits) {}

  // The stream itself runs when the connection sends the response. The client outlives it.
  ResponsePtr open(StreamQuery query, Client& client);

  [[nodiscard]] std::size_t open_streams() const { return open_; }

 private:
  class Counted;

  Task<void> run(FindQuery query, bool from_now, Client& client, Outlet& outlet);
  Task<PagePtr> present(Outlet& outlet);
  std::chrono::milliseconds drawn(std::chrono::milliseconds least, std::chrono::milliseconds most);

  ChatService& service_;
  DeadlineWheel& wheel_;
  const Limits limits_;
  std::size_t open_ = 0;
  std::minstd_rand random_{std::random_device{}()};
};

// What a stream is answered that cannot be had in this moment: none, and when to ask again. Clients
// do not come back after an error.
ResponsePtr stream_that_comes_back();

}  // namespace chat
