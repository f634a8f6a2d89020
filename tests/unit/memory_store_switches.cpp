// What a test does to the database, and what it waits for.
#include <algorithm>
#include <chrono>

#include "memory_store.hpp"
#include "messages.hpp"

namespace chat::test {
namespace {

constexpr std::chrono::seconds failsafe{30};

}  // namespace

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

}  // namespace chat::test
