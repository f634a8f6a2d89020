#include "feed/tail_window.hpp"

#include <algorithm>

namespace chat {

void TailWindow::prime(const MessageId& last) {
  primed_ = true;
  floor_ = last;
  last_id_ = last;
  forget();
}

void TailWindow::forget() {
  messages_.clear();
  rooms_.clear();
  bytes_ = 0;
}

// What a room was found not to have may have changed as well, so that is forgotten too.
void TailWindow::reload(const std::vector<MessagePtr>& newest) {
  forget();
  // Of what is below the first of them, or of all when there is none, nothing is said.
  floor_ = std::max(floor_, newest.empty() ? last_id_ : newest.front()->id);
  for (const MessagePtr& message : newest) {
    if (floor_ < message->id) hold(message);
  }
}

void TailWindow::publish(const std::vector<MessagePtr>& news) {
  for (const MessagePtr& message : news) {
    hold(message);
    last_id_ = message->id;
  }
  while (messages_.size() > limits_.messages || bytes_ > limits_.bytes) evict_oldest();
  if (rooms_.size() > limits_.rooms) drop_idle_rooms();
}

void TailWindow::hold(const MessagePtr& message) {
  // A room that is seen for the first time knows as much as the window as a whole.
  Room& room = rooms_.try_emplace(message->room, Room{floor_, {}}).first->second;
  room.messages.push_back(message);
  messages_.push_back(message);
  bytes_ += message->body.size();
}

std::optional<std::vector<MessagePtr>> TailWindow::find(const std::string& name,
                                                        const MessageId& after,
                                                        std::size_t limit) const {
  if (!primed_) return std::nullopt;
  const auto found = rooms_.find(name);
  if (after < (found == rooms_.end() ? floor_ : found->second.floor)) return std::nullopt;
  std::vector<MessagePtr> page;
  if (found == rooms_.end()) return page;

  const std::deque<MessagePtr>& messages = found->second.messages;
  auto next = std::upper_bound(
      messages.begin(), messages.end(), after,
      [](const MessageId& cursor, const MessagePtr& message) { return cursor < message->id; });
  const auto count = std::min<std::size_t>(limit, static_cast<std::size_t>(messages.end() - next));
  page.assign(next, next + static_cast<std::ptrdiff_t>(count));
  return page;
}

void TailWindow::learn_empty(const std::string& name, const MessageId& after,
                             const MessageId& horizon) {
  if (!primed_ || last_id_ < horizon) return;
  if (rooms_.size() >= limits_.rooms) drop_idle_rooms();
  Room& room = rooms_.try_emplace(name, Room{floor_, {}}).first->second;
  // The store vouches for (after, horizon], the window for what lies above the room's floor. When
  // the window has moved on beyond the horizon there is a gap between the two.
  if (room.floor <= horizon) room.floor = std::min(room.floor, after);
}

void TailWindow::evict_oldest() {
  const MessagePtr oldest = std::move(messages_.front());
  messages_.pop_front();
  bytes_ -= oldest->body.size();
  floor_ = oldest->id;
  Room& room = rooms_.at(oldest->room);
  room.messages.pop_front();
  room.floor = oldest->id;
}

void TailWindow::drop_idle_rooms() {
  // A room that is dropped falls back to the window's floor: one look into the store, no harm.
  std::erase_if(rooms_, [](const auto& entry) { return entry.second.messages.empty(); });
}

}  // namespace chat
