// The newest messages in memory, and the newest changes of older ones, so that a reader near the
// tail is answered without a query.
//
// The invariant: every committed message with an id, and every one with a version, in (floor,
// last_position] is held as it was then or later. A room may know more: a look into the store that
// found nothing after an older cursor lowers that room's floor.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/find_query.hpp"
#include "domain/message.hpp"
#include "feed/timeline.hpp"

namespace chat {

// Only on the loop's thread.
class TailWindow {
 public:
  struct Limits {
    std::size_t messages = 10'000;              // messages and changes
    std::size_t bytes = std::size_t{16} << 20;  // of bodies
    std::size_t rooms = 10'000;                 // that are remembered though they hold no message
  };

  explicit TailWindow(const Limits& limits) : limits_(limits) {}

  // From now on everything after `last` is published here. What was known is forgotten.
  void prime(const MessageId& last);
  [[nodiscard]] bool primed() const { return primed_; }

  // Takes what follows last_position(), in the order of ids and in that of versions, up to
  // `position`. A message that is both new and changed is in both.
  void publish(const std::vector<MessagePtr>& news, const std::vector<MessagePtr>& changes,
               const MessageId& position);

  // Messages went or changed without a version: `newest` are those that there are now up to
  // `position`, without a gap, oldest first. What is below the first of them is no longer known;
  // without one, nothing is. Nor is what changed before, nor what comes after the position, which
  // is not greater than last_position(): it will be published again.
  void reload(const std::vector<MessagePtr>& newest, const MessageId& position);

  // Up to `limit` messages after the query's cursor, in its order. Empty optional: the cursor is
  // older than what is known, ask the store.
  [[nodiscard]] std::optional<std::vector<MessagePtr>> find(const FindQuery& query,
                                                            std::size_t limit) const;

  // The store was asked when last_position() was `horizon`, and had nothing for the query.
  void learn_empty(const FindQuery& query, const MessageId& horizon);

  // Everything up to it is known here.
  [[nodiscard]] const MessageId& last_position() const { return last_position_; }
  [[nodiscard]] std::size_t messages() const { return all_.size(); }
  [[nodiscard]] std::size_t bytes() const { return all_.bytes(); }

 private:
  Timeline& room(const std::string& name);
  void hold(const MessagePtr& message);
  void change(const MessagePtr& message);
  void evict_oldest();
  void drop_idle_rooms();

  const Limits limits_;
  bool primed_ = false;
  MessageId last_position_{};
  Timeline all_{nil_message_id, nil_message_id};
  std::unordered_map<std::string, Timeline> rooms_;
  std::map<MessageId, MessageId> versions_;  // of the changes that are held, by the message's id
};

}  // namespace chat
