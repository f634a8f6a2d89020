// What the stores read.
#include <algorithm>

#include "memory_store.hpp"
#include "messages.hpp"

namespace chat::test {
namespace {

bool is_in(const RoomSet& rooms, const Message& message) {
  if (rooms.is_all()) return true;
  const auto names = rooms.names();
  return std::find(names.begin(), names.end(), message.room) != names.end();
}

void sort_by_position(std::vector<MessagePtr>& messages) {
  std::sort(messages.begin(), messages.end(),
            [](const MessagePtr& a, const MessagePtr& b) { return a->position() < b->position(); });
}

}  // namespace

News MemoryDatabase::find_news(const MessageId& after, std::size_t limit) {
  Lock lock(mutex_);
  begin_read(lock);
  News news;
  for (const MessagePtr& each : messages_) {
    if (after < each->id && news.messages.size() < limit) news.messages.push_back(each);
    if (each->version && after < *each->version) news.changes.push_back(each);
  }
  sort_by_position(news.changes);
  if (news.changes.size() > limit) news.changes.resize(limit);
  state_.position = id_of(position_lost_ ? 0 : positions_);
  news.state = state_;
  return news;
}

std::vector<MessagePtr> MemoryDatabase::find_newest(const PageLimits& limits) {
  Lock lock(mutex_);
  begin_read(lock);
  const std::size_t count = std::min(limits.messages, messages_.size());
  return {messages_.end() - static_cast<std::ptrdiff_t>(count), messages_.end()};
}

std::vector<std::vector<MessagePtr>> MemoryDatabase::find_after(
    const std::vector<FindQuery>& queries) {
  Lock lock(mutex_);
  begin_read(lock);
  std::vector<std::vector<MessagePtr>> found;
  for (const FindQuery& query : queries) {
    found.push_back(messages_after(query, query.limit + 1));
  }
  return found;
}

std::vector<bool> MemoryDatabase::find_any_after(const std::vector<FindQuery>& queries) {
  Lock lock(mutex_);
  begin_read(lock);
  std::vector<bool> any;
  for (const FindQuery& query : queries) {
    any.push_back(!messages_after(query, 1).empty());
  }
  return any;
}

std::vector<MessagePtr> MemoryDatabase::messages_after(const FindQuery& query,
                                                       std::size_t limit) const {
  std::vector<MessagePtr> found;
  for (const MessagePtr& message : messages_) {
    if (message->deleted && !query.changes) continue;
    if (query.after < cursor_of(query, *message) && is_in(query.rooms, *message)) {
      found.push_back(message);
    }
  }
  if (query.changes) sort_by_position(found);
  if (found.size() > limit) found.resize(limit);
  return found;
}

OlderMessages MemoryDatabase::find_before(const FindQuery& query) {
  Lock lock(mutex_);
  begin_read(lock);
  OlderMessages found;
  for (auto it = messages_.rbegin(); it != messages_.rend(); ++it) {
    if (found.messages.size() > query.limit) break;
    if ((*it)->deleted && !query.changes) continue;
    if ((*it)->id < *query.before && is_in(query.rooms, **it)) found.messages.push_back(*it);
  }
  std::reverse(found.messages.begin(), found.messages.end());
  found.position = greatest_position();
  return found;
}

SearchHits MemoryDatabase::search(const FindQuery& query, const MessageId& before,
                                  std::size_t at_most) {
  Lock lock(mutex_);
  begin_read(lock);
  SearchHits hits;
  for (auto it = messages_.rbegin(); it != messages_.rend() && hits.count < at_most; ++it) {
    const std::vector<std::string> tokens = search_tokens_of(**it);
    const bool has_all = std::all_of(
        query.search->tokens.begin(), query.search->tokens.end(), [&](const std::string& token) {
          return std::find(tokens.begin(), tokens.end(), token) != tokens.end();
        });
    if (before <= (*it)->id || !is_in(query.rooms, **it) || !has_all) continue;
    ++hits.count;
    hits.last = (*it)->id;
    hits.messages.push_back(*it);
  }
  return hits;
}

RoomsPage MemoryDatabase::find_rooms(const RoomsQuery& query) {
  Lock lock(mutex_);
  begin_read(lock);
  std::map<std::string, RoomSummary> rooms;
  for (const MessagePtr& message : messages_) {
    if (message->room <= query.after) continue;
    RoomSummary& summary = rooms[message->room];
    summary.room = message->room;
    if (message->deleted) continue;
    summary.newest = message->id;
    const auto place = query.seen.find(message->room);
    if (place == query.seen.end()) continue;
    const int before = summary.unread.value_or(0);
    summary.unread = std::min(max_unread, before + (place->second < message->id ? 1 : 0));
  }
  RoomsPage page;
  for (const auto& [name, summary] : rooms) {
    page.more = page.rooms.size() == query.limit;
    if (page.more) break;
    page.rooms.push_back(summary);
  }
  return page;
}

MessageId MemoryDatabase::last_position() {
  Lock lock(mutex_);
  begin_read(lock);
  return greatest_position();
}

MessageId MemoryDatabase::greatest_position() const {
  MessageId greatest = nil_message_id;
  for (const MessagePtr& each : messages_) greatest = std::max(greatest, each->position());
  return greatest;
}

void MemoryDatabase::note_another_history() {
  const std::lock_guard lock(mutex_);
  if (unavailable_) throw StoreUnavailable("switched off");
  state_.epoch += " and another";
}

std::chrono::microseconds MemoryDatabase::clock_offset() {
  const std::lock_guard lock(mutex_);
  if (unavailable_) throw StoreUnavailable("switched off");
  return clock_offset_;
}

void MemoryDatabase::begin_read(Lock& lock) {
  stand_still_if_asked(lock);
  ++reads_;
  changed_.notify_all();
  if (unavailable_) throw StoreUnavailable("switched off");
  if (broken_) throw std::logic_error("switched to broken");
}

std::size_t MemoryDatabase::reads() const {
  const std::lock_guard lock(mutex_);
  return reads_;
}

std::vector<std::string> MemoryDatabase::bodies() const { return bodies_of(messages()); }

std::vector<MessagePtr> MemoryDatabase::messages() const {
  const std::lock_guard lock(mutex_);
  return messages_;
}

}  // namespace chat::test
