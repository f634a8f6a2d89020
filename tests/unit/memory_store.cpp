#include "memory_store.hpp"

#include <algorithm>
#include <chrono>

#include "messages.hpp"

namespace chat::test {
namespace {

constexpr std::chrono::seconds failsafe{30};

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

std::vector<WriteResult> MemoryDatabase::append(const std::vector<NewMessage>& batch) {
  Lock lock(mutex_);
  batches_.push_back(batch.size());
  stand_still_if_asked(lock);
  if (unavailable_) throw StoreUnavailable("switched off");
  if (broken_) throw std::logic_error("switched to broken");
  fail_if_in_trouble();
  for (const NewMessage& message : batch) {
    if (rejected_bodies_.count(message.body) != 0) throw StoreRejected("this body is refused");
  }
  std::vector<WriteResult> results;
  const MessageId follows = ceiling_of(positions_ == 0 ? nil_message_id : id_of(positions_));
  for (const NewMessage& message : batch) {
    results.push_back(store(message));
    results.back().follows = follows;
  }
  if (std::exchange(lose_answer_, false)) throw StoreUnavailable("the answer was lost");
  return results;
}

WriteResult MemoryDatabase::store(const NewMessage& message) {
  if (const auto known = keys_.find(message.idempotency_key); known != keys_.end()) {
    const Message& first = *known->second;
    const bool same =
        first.body == message.body && first.room == message.room && first.author == message.author;
    if (!same) return {WriteResult::Outcome::key_conflict, {}};
    const auto now = std::find_if(messages_.begin(), messages_.end(),
                                  [&](const MessagePtr& each) { return each->id == first.id; });
    if (now == messages_.end() || (*now)->deleted) return {WriteResult::Outcome::gone, first.id};
    return {WriteResult::Outcome::repeated, first.id, StoreTrouble::none, *now};
  }
  const MessageId id = id_of(++positions_);
  messages_.push_back(std::make_shared<Message>(
      Message{id, message.room, message.author, message.body, {}, false, !message.user.empty()}));
  keys_[message.idempotency_key] = messages_.back();
  if (message.edit_key && message.user.empty()) edit_keys_[id] = *message.edit_key;
  return {WriteResult::Outcome::done, id};
}

std::vector<WriteResult> MemoryDatabase::change(const std::vector<MessageChange>& batch) {
  Lock lock(mutex_);
  batches_.push_back(batch.size());
  stand_still_if_asked(lock);
  if (unavailable_) throw StoreUnavailable("switched off");
  std::vector<WriteResult> results;
  for (const MessageChange& change : batch) results.push_back(apply(change));
  if (std::exchange(lose_answer_, false)) throw StoreUnavailable("the answer was lost");
  return results;
}

WriteResult MemoryDatabase::apply(const MessageChange& change) {
  using Outcome = WriteResult::Outcome;
  const auto found = std::find_if(messages_.begin(), messages_.end(),
                                  [&](const MessagePtr& each) { return each->id == change.id; });
  if (found == messages_.end()) return {Outcome::not_found, change.id};
  const Message& was = **found;
  if (!held_message_.empty() && was.body == held_message_) return {Outcome::locked, change.id};
  const auto known = change_keys_.find(change.idempotency_key);
  if (was.deleted && change.body) {
    return {known == change_keys_.end() ? Outcome::not_found : Outcome::gone, change.id};
  }
  const auto edit_key = edit_keys_.find(change.id);
  const bool is_author = was.signed_in && !change.user.empty() && was.author == change.user;
  if (!is_author && (edit_key == edit_keys_.end() || change.edit_key != edit_key->second)) {
    return {Outcome::forbidden, change.id};
  }
  if (known != change_keys_.end()) {
    const bool same = known->second.id == change.id && known->second.body == change.body;
    if (!same) return {Outcome::key_conflict, change.id};
    return {Outcome::repeated, change.id, StoreTrouble::none, *found};
  }
  if (was.deleted) return {Outcome::unchanged, change.id, StoreTrouble::none, *found};
  if (change.if_match &&
      std::count(change.if_match->begin(), change.if_match->end(), was.position()) == 0) {
    return {Outcome::mismatch, change.id};
  }
  change_keys_[change.idempotency_key] = change;
  if (was.body == change.body) return {Outcome::unchanged, change.id, StoreTrouble::none, *found};
  auto now = std::make_shared<Message>(was);
  now->body = change.body.value_or("");
  now->deleted = !change.body;
  now->version = id_of(++positions_);
  *found = now;
  return {Outcome::done, change.id, StoreTrouble::none, now};
}

std::size_t MemoryDatabase::do_what_was_handed_over(std::size_t at_most) {
  const std::lock_guard lock(mutex_);
  if (unavailable_) throw StoreUnavailable("switched off");
  const std::size_t done = std::min(at_most, handed_over_);
  handed_over_ -= done;
  changed_.notify_all();
  return done;
}

void MemoryDatabase::hold_message(const std::string& body) {
  const std::lock_guard lock(mutex_);
  held_message_ = body;
}

void MemoryDatabase::hand_over(std::size_t count) {
  const std::lock_guard lock(mutex_);
  handed_over_ = count;
}

void MemoryDatabase::wait_until_all_is_done_that_was_handed_over() {
  wait_for([this] { return handed_over_ == 0; });
}

void MemoryDatabase::fail_if_in_trouble() const {
  if (trouble_ == StoreTrouble::none || only_thorough_) return;
  throw StoreUnavailable("switched to trouble", trouble_);
}

void MemoryDatabase::probe(bool thorough) {
  const std::lock_guard lock(mutex_);
  ++probes_;
  changed_.notify_all();
  if (unavailable_) throw StoreUnavailable("switched off");
  fail_if_in_trouble();
  if (thorough && trouble_ != StoreTrouble::none) {
    throw StoreUnavailable("switched to trouble", trouble_);
  }
}

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

void MemoryDatabase::edit(const std::string& body, const std::string& to) {
  change(body, [&](Message& message) { message.body = to; });
}

void MemoryDatabase::erase(const std::string& body) {
  change(body, [](Message& message) {
    message.body.clear();
    message.deleted = true;
  });
}

void MemoryDatabase::change(const std::string& body, const std::function<void(Message&)>& how) {
  const std::lock_guard lock(mutex_);
  for (MessagePtr& each : messages_) {
    if (each->body != body) continue;
    auto changed = std::make_shared<Message>(*each);
    how(*changed);
    changed->version = id_of(++positions_);
    each = std::move(changed);
  }
}

void MemoryDatabase::set_epoch(const std::string& epoch) {
  const std::lock_guard lock(mutex_);
  state_.epoch = epoch;
}

void MemoryDatabase::remove(const std::string& body) {
  const std::lock_guard lock(mutex_);
  std::erase_if(messages_, [&](const MessagePtr& each) {
    if (each->body != body) return false;
    ++state_.removals;
    state_.newest_removed = std::max(state_.newest_removed, each->id);
    return true;
  });
}

void MemoryDatabase::rewind(std::size_t messages) {
  const std::lock_guard lock(mutex_);
  messages_.resize(messages);
  positions_ = static_cast<unsigned>(messages);
}

void MemoryDatabase::lose_position() {
  const std::lock_guard lock(mutex_);
  position_lost_ = true;
}

void MemoryDatabase::set_lineage(const std::string& lineage) {
  const std::lock_guard lock(mutex_);
  state_.lineage = lineage;
}

void MemoryDatabase::reconnect() {
  const std::lock_guard lock(mutex_);
  ++state_.connection;
}

void MemoryDatabase::set_trouble(StoreTrouble trouble, bool only_thorough) {
  const std::lock_guard lock(mutex_);
  trouble_ = trouble;
  only_thorough_ = only_thorough;
}

std::size_t MemoryDatabase::probes() const {
  const std::lock_guard lock(mutex_);
  return probes_;
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

std::size_t MemoryDatabase::forget_old_keys(std::size_t at_most) {
  const std::lock_guard lock(mutex_);
  if (unavailable_) throw StoreUnavailable("switched off");
  const std::size_t forgotten = std::min(at_most, old_keys_);
  old_keys_ -= forgotten;
  changed_.notify_all();
  return forgotten;
}

MessageId MemoryDatabase::add(const std::string& body, const std::string& room) {
  const std::lock_guard lock(mutex_);
  return store(new_message(body, "added " + std::to_string(added_++), room)).id;
}

void MemoryDatabase::set_unavailable(bool unavailable) {
  const std::lock_guard lock(mutex_);
  unavailable_ = unavailable;
}

void MemoryDatabase::set_broken(bool broken) {
  const std::lock_guard lock(mutex_);
  broken_ = broken;
}

void MemoryDatabase::reject(const std::string& body) {
  const std::lock_guard lock(mutex_);
  rejected_bodies_.insert(body);
}

std::chrono::microseconds MemoryDatabase::clock_offset() {
  const std::lock_guard lock(mutex_);
  if (unavailable_) throw StoreUnavailable("switched off");
  return clock_offset_;
}

void MemoryDatabase::set_clock_offset(std::chrono::microseconds offset) {
  const std::lock_guard lock(mutex_);
  clock_offset_ = offset;
}

void MemoryDatabase::set_old_keys(std::size_t count) {
  const std::lock_guard lock(mutex_);
  old_keys_ = count;
}

void MemoryDatabase::wait_until_keys_are_forgotten() {
  wait_for([this] { return old_keys_ == 0; });
}

void MemoryDatabase::lose_next_answer() {
  const std::lock_guard lock(mutex_);
  lose_answer_ = true;
}

void MemoryDatabase::hold() {
  const std::lock_guard lock(mutex_);
  holding_ = true;
}

void MemoryDatabase::release() {
  const std::lock_guard lock(mutex_);
  holding_ = false;
  changed_.notify_all();
}

void MemoryDatabase::wait_until_held(std::size_t calls) {
  wait_for([&] { return held_ == calls; });
}

void MemoryDatabase::wait_until_read(std::size_t reads) {
  wait_for([&] { return reads_ >= reads; });
}

void MemoryDatabase::wait_for(const std::function<bool()>& holds) {
  Lock lock(mutex_);
  if (!changed_.wait_for(lock, failsafe, holds)) {
    throw std::runtime_error("the expected calls did not come");
  }
}

void MemoryDatabase::stand_still_if_asked(Lock& lock) {
  ++held_;
  changed_.notify_all();
  changed_.wait(lock, [this] { return !holding_; });
  --held_;
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

std::vector<std::size_t> MemoryDatabase::batches() const {
  const std::lock_guard lock(mutex_);
  return batches_;
}

std::vector<std::string> MemoryDatabase::bodies() const { return bodies_of(messages()); }

std::vector<MessagePtr> MemoryDatabase::messages() const {
  const std::lock_guard lock(mutex_);
  return messages_;
}

}  // namespace chat::test
