#include "feed/timeline.hpp"

#include <algorithm>

namespace chat {

void Timeline::add(const MessagePtr& message) {
  messages_.push_back(message);
  bytes_ += message->body.size();
}

void Timeline::change(const MessagePtr& message, const std::optional<MessageId>& previous) {
  if (const auto held = previous ? changes_.find(*previous) : changes_.end();
      held != changes_.end()) {
    bytes_ -= held->second->body.size();
    changes_.erase(held);
  }
  changes_.emplace(message->position(), message);
  bytes_ += message->body.size();

  const auto next = first_after(message->id);
  if (next == messages_.begin() || (*std::prev(next))->id != message->id) return;
  MessagePtr& held = messages_[static_cast<std::size_t>(std::prev(next) - messages_.begin())];
  bytes_ = bytes_ - held->body.size() + message->body.size();
  held = message;
}

MessagePtr Timeline::drop_oldest_message() {
  MessagePtr oldest = std::move(messages_.front());
  messages_.pop_front();
  messages_floor_ = oldest->id;
  bytes_ -= oldest->body.size();
  return oldest;
}

MessagePtr Timeline::drop_oldest_change() {
  MessagePtr oldest = std::move(changes_.begin()->second);
  changes_floor_ = changes_.begin()->first;
  changes_.erase(changes_.begin());
  bytes_ -= oldest->body.size();
  return oldest;
}

void Timeline::collect(const MessageId& after, bool changes, std::size_t limit,
                       std::vector<MessagePtr>& found) const {
  auto message = first_after(after);
  if (!changes) {
    for (std::size_t count = 0; message != messages_.end() && count < limit; ++message) {
      if ((*message)->deleted) continue;
      found.push_back(*message);
      ++count;
    }
    return;
  }
  // What has changed stands where it changed last, and nowhere else.
  auto change = changes_.upper_bound(after);
  for (std::size_t count = 0; count < limit; ++count) {
    while (message != messages_.end() && (*message)->version) ++message;
    const bool more_messages = message != messages_.end();
    if (change != changes_.end() && (!more_messages || change->first < (*message)->id)) {
      found.push_back((change++)->second);
    } else if (more_messages) {
      found.push_back(*message++);
    } else {
      return;
    }
  }
}

// The store vouches for what lies between the two, the timeline for what lies above its floor. When
// it has moved on beyond the horizon there is a gap between them.
void Timeline::learn_empty(const MessageId& after, const MessageId& horizon, bool changes) {
  if (messages_floor_ <= horizon) messages_floor_ = std::min(messages_floor_, after);
  if (changes && changes_floor_ <= horizon) changes_floor_ = std::min(changes_floor_, after);
}

std::deque<MessagePtr>::const_iterator Timeline::first_after(const MessageId& id) const {
  return std::upper_bound(
      messages_.begin(), messages_.end(), id,
      [](const MessageId& cursor, const MessagePtr& message) { return cursor < message->id; });
}

}  // namespace chat
