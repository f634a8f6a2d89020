// Windows as the tests make and ask them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "feed/tail_window.hpp"
#include "messages.hpp"

namespace chat::test {

using Found = std::optional<Bodies>;
inline const Found unknown;  // ask the store

inline Found find(const TailWindow& window, const MessageId& after,
                  const std::string& room = "lobby", std::size_t limit = 100) {
  const auto found = window.find(query_after(after, room), limit);
  return found ? Found(bodies_of(*found)) : unknown;
}

inline void publish(TailWindow& window, const std::vector<MessagePtr>& news) {
  window.publish(news, {}, news.back()->id);
}

inline TailWindow primed_window(unsigned last,
                                const TailWindow::Limits& limits = TailWindow::Limits{}) {
  TailWindow window(limits);
  window.prime(id_of(last));
  return window;
}

inline TailWindow::Limits at_most(std::size_t messages, std::size_t bytes = 1'000'000,
                                  std::size_t rooms = 1000) {
  return {messages, bytes, rooms};
}

}  // namespace chat::test
