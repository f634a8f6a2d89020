// The newest messages in memory, so that a reader near the tail is answered without a query.
//
// The invariant: every committed message with an id in (floor, last_id] is held. A room may know
// more: a look into the store that found nothing after an older cursor lowers that room's floor.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/message.hpp"

namespace chat {

// Only on the loop's thread.
class TailWindow {
 public:
  struct Limits {
    std::size_t messages = 10'000;
    std::size_t bytes = std::size_t{16} << 20;  // of bodies
    std::size_t rooms = 10'000;                 // that are remembered though they hold no message
  };

  explicit TailWindow(const Limits& limits) : limits_(limits) {}

  // From now on every message after `last` is published here. What was known is forgotten.
  void prime(const MessageId& last);
  [[nodiscard]] bool primed() const { return primed_; }

  // Takes the messages that follow last_id(), in order.
  void publish(const std::vector<MessagePtr>& news);

  // Messages went or changed: `newest` are those that there are now up to last_id(), without a gap,
  // oldest first. What is below the first of them is no longer known; without one, nothing is.
  void reload(const std::vector<MessagePtr>& newest);

  // Up to `limit` messages of the room after the cursor. Empty optional: the cursor is older than
  // what is known, ask the store.
  [[nodiscard]] std::optional<std::vector<MessagePtr>> find(const std::string& room,
                                                            const MessageId& after,
                                                            std::size_t limit) const;

  // The store was asked when last_id() was `horizon`, and had nothing in the room after `after`.
  void learn_empty(const std::string& room, const MessageId& after, const MessageId& horizon);

  [[nodiscard]] const MessageId& last_id() const { return last_id_; }
  [[nodiscard]] std::size_t messages() const { return messages_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  struct Room {
    MessageId floor{};
    std::deque<MessagePtr> messages;
  };

  void forget();
  void hold(const MessagePtr& message);
  void evict_oldest();
  void drop_idle_rooms();

  const Limits limits_;
  bool primed_ = false;
  MessageId floor_{};
  MessageId last_id_{};
  std::size_t bytes_ = 0;
  std::deque<MessagePtr> messages_;
  std::unordered_map<std::string, Room> rooms_;
};

}  // namespace chat
