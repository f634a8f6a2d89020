// The newest of what was said and of what was changed since, of one room or of all.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "domain/message.hpp"

namespace chat {

// Only on the loop's thread.
class Timeline {
 public:
  // Above its floor everything is held of that order.
  Timeline(const MessageId& messages_floor, const MessageId& changes_floor)
      : messages_floor_(messages_floor), changes_floor_(changes_floor) {}

  // A message that is newer than all that are held.
  void add(const MessagePtr& message);

  // A message has changed: takes the place of what was held of it. `previous` is its version that
  // is held, if one is.
  void change(const MessagePtr& message, const std::optional<MessageId>& previous);

  // From then on nothing is known up to there in that order. There must be one.
  MessagePtr drop_oldest_message();
  MessagePtr drop_oldest_change();

  // Of the messages after the cursor, the first ones in the order that the reader reads in.
  void collect(const MessageId& after, bool changes, std::size_t limit,
               std::vector<MessagePtr>& found) const;

  // Whether all that there is after the cursor is held.
  [[nodiscard]] bool reaches(const MessageId& after, bool changes) const {
    return messages_floor_ <= after && (!changes || changes_floor_ <= after);
  }

  // It was found that there is nothing between the cursor and the horizon.
  void learn_empty(const MessageId& after, const MessageId& horizon, bool changes);

  [[nodiscard]] bool empty() const { return messages_.empty() && changes_.empty(); }
  [[nodiscard]] std::size_t size() const { return messages_.size() + changes_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }  // of the bodies in either order
  [[nodiscard]] const MessageId& messages_floor() const { return messages_floor_; }
  [[nodiscard]] const MessageId& changes_floor() const { return changes_floor_; }
  [[nodiscard]] const std::deque<MessagePtr>& messages() const { return messages_; }
  [[nodiscard]] const std::map<MessageId, MessagePtr>& changes() const { return changes_; }

 private:
  [[nodiscard]] std::deque<MessagePtr>::const_iterator first_after(const MessageId& id) const;

  MessageId messages_floor_;
  MessageId changes_floor_;
  std::size_t bytes_ = 0;
  std::deque<MessagePtr> messages_;          // by id, as they are now, deleted ones too
  std::map<MessageId, MessagePtr> changes_;  // by version
};

}  // namespace chat
