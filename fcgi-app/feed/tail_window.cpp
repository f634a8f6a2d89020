#include "feed/tail_window.hpp"

#include <algorithm>

namespace chat {
namespace {

// Of what several rooms have the first, in the reader's order.
void merge(const FindQuery& query, std::size_t limit, std::vector<MessagePtr>& found) {
  std::sort(found.begin(), found.end(), [&](const MessagePtr& a, const MessagePtr& b) {
    return cursor_of(query, *a) < cursor_of(query, *b);
  });
  if (found.size() > limit) found.resize(limit);
}

}  // namespace

void TailWindow::prime(const MessageId& last) {
  primed_ = true;
  last_position_ = last;
  all_ = Timeline(last, last);
  rooms_.clear();
  versions_.clear();
}

// What a room was found not to have may have changed as well, so that is forgotten too.
void TailWindow::reload(const std::vector<MessagePtr>& newest, const MessageId& position) {
  last_position_ = position;
  // Of what is below the first of them, or of all when there is none, nothing is said.
  const MessageId& first = newest.empty() ? last_position_ : newest.front()->id;
  const MessageId floor = std::max(all_.messages_floor(), first);
  all_ = Timeline(floor, last_position_);
  rooms_.clear();
  versions_.clear();
  for (const MessagePtr& message : newest) {
    if (floor < message->id) hold(message);
  }
}

void TailWindow::publish(const std::vector<MessagePtr>& news,
                         const std::vector<MessagePtr>& changes, const MessageId& position) {
  for (const MessagePtr& message : news) hold(message);
  for (const MessagePtr& message : changes) change(message);
  last_position_ = position;
  while (all_.size() > limits_.messages || all_.bytes() > limits_.bytes) evict_oldest();
  if (rooms_.size() > limits_.rooms) drop_idle_rooms();
}

// A room that is seen for the first time knows as much as the window as a whole.
Timeline& TailWindow::room(const std::string& name) {
  return rooms_.try_emplace(name, all_.messages_floor(), all_.changes_floor()).first->second;
}

void TailWindow::hold(const MessagePtr& message) {
  room(message->room).add(message);
  all_.add(message);
}

void TailWindow::change(const MessagePtr& message) {
  const auto known = versions_.find(message->id);
  std::optional<MessageId> previous;
  if (known != versions_.end()) previous = known->second;
  room(message->room).change(message, previous);
  all_.change(message, previous);
  versions_[message->id] = message->position();
}

std::optional<std::vector<MessagePtr>> TailWindow::find(const FindQuery& query,
                                                        std::size_t limit) const {
  if (!primed_) return std::nullopt;
  std::vector<MessagePtr> found;
  if (query.rooms.is_all()) {
    if (!all_.reaches(query.after, query.changes)) return std::nullopt;
    all_.collect(query.after, query.changes, limit, found);
    return found;
  }
  const std::vector<std::string_view> names = query.rooms.names();
  for (const std::string_view name : names) {
    const auto room = rooms_.find(std::string(name));
    // Of a room that nobody has heard of as much is known as of all.
    const Timeline& known = room == rooms_.end() ? all_ : room->second;
    if (!known.reaches(query.after, query.changes)) return std::nullopt;
    if (room != rooms_.end()) known.collect(query.after, query.changes, limit, found);
  }
  if (names.size() > 1) merge(query, limit, found);
  return found;
}

void TailWindow::learn_empty(const FindQuery& query, const MessageId& horizon) {
  if (!primed_ || last_position_ < horizon) return;
  if (query.rooms.is_all()) all_.learn_empty(query.after, horizon, query.changes);
  const std::vector<std::string_view> names = query.rooms.names();
  // Before, not in between: a reader whose first room is forgotten for his last asks for ever.
  if (rooms_.size() + names.size() > limits_.rooms) drop_idle_rooms();
  for (const std::string_view name : names) {
    room(std::string(name)).learn_empty(query.after, horizon, query.changes);
  }
}

// Of the two orders the one whose oldest is older, so that both reach back about as far.
void TailWindow::evict_oldest() {
  const bool message_is_older =
      all_.changes().empty() ||
      (!all_.messages().empty() && all_.messages().front()->id < all_.changes().begin()->first);
  if (message_is_older) {
    rooms_.at(all_.drop_oldest_message()->room).drop_oldest_message();
  } else {
    const MessagePtr oldest = all_.drop_oldest_change();
    rooms_.at(oldest->room).drop_oldest_change();
    versions_.erase(oldest->id);
  }
}

// A room that is dropped falls back to the window's floor: one look into the store, no harm.
void TailWindow::drop_idle_rooms() {
  std::erase_if(rooms_, [](const auto& entry) { return entry.second.empty(); });
}

}  // namespace chat
