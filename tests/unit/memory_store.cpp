// What the stores write.
#include "memory_store.hpp"

#include <algorithm>

#include "messages.hpp"

namespace chat::test {

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

std::size_t MemoryDatabase::probes() const {
  const std::lock_guard lock(mutex_);
  return probes_;
}

std::size_t MemoryDatabase::forget_old_keys(std::size_t at_most) {
  const std::lock_guard lock(mutex_);
  if (unavailable_) throw StoreUnavailable("switched off");
  const std::size_t forgotten = std::min(at_most, old_keys_);
  old_keys_ -= forgotten;
  changed_.notify_all();
  return forgotten;
}

std::vector<std::size_t> MemoryDatabase::batches() const {
  const std::lock_guard lock(mutex_);
  return batches_;
}

}  // namespace chat::test
