// The twin of PostgreSQL in memory: one database, and as many stores that look into it as a test
// needs. Everything that can go wrong with a database goes wrong here on request.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "domain/news_source.hpp"
#include "domain/read_store.hpp"
#include "domain/write_store.hpp"

namespace chat::test {

// Any thread may call any member.
class MemoryDatabase {
 public:
  // What the stores do.
  std::vector<WriteResult> append(const std::vector<NewMessage>& batch);
  std::vector<WriteResult> change(const std::vector<MessageChange>& batch);
  std::size_t do_what_was_handed_over(std::size_t at_most);
  std::vector<std::vector<MessagePtr>> find_after(const std::vector<FindQuery>& queries);
  std::vector<bool> find_any_after(const std::vector<FindQuery>& queries);
  OlderMessages find_before(const FindQuery& query);
  SearchHits search(const FindQuery& query, const MessageId& before, std::size_t at_most);
  RoomsPage find_rooms(const RoomsQuery& query);
  News find_news(const MessageId& after, std::size_t limit);
  std::vector<MessagePtr> find_newest(const PageLimits& limits);
  MessageId last_position();
  void probe(bool thorough);
  std::size_t forget_old_keys(std::size_t at_most);
  void note_another_history();
  std::chrono::microseconds clock_offset();

  // Somebody holds this message from now on, or lets it go (empty).
  void hold_message(const std::string& body);
  // So many things wait to be done for SQL callers.
  void hand_over(std::size_t count);
  void wait_until_all_is_done_that_was_handed_over();

  // Commits a message as another worker would.
  MessageId add(const std::string& body, const std::string& room = "lobby");

  // The message changes, or its text is taken away, by what gives it a version.
  void edit(const std::string& body, const std::string& to);
  void erase(const std::string& body);
  // Readers are told to read again.
  void set_epoch(const std::string& epoch);

  // The message goes, as by somebody's DELETE.
  void remove(const std::string& body);
  // All but the first messages go as if they had never been, as by a restore.
  void rewind(std::size_t messages);
  // The position is behind the messages, which somebody has put in by hand.
  void lose_position();
  // The rows are from elsewhere from now on, as after a fail-over.
  void set_lineage(const std::string& lineage);
  // The news come over another connection from now on.
  void reconnect();

  // Every call fails with StoreUnavailable from now on, or works again.
  void set_unavailable(bool unavailable);
  // Appends and probes, also thorough ones alone, fail for this reason, or work again (none).
  void set_trouble(StoreTrouble trouble, bool only_thorough = false);
  // Every call fails as no store should.
  void set_broken(bool broken);
  // A batch that holds this body is refused with StoreRejected.
  void reject(const std::string& body);
  // So many keys are past their time from now on.
  void set_old_keys(std::size_t count);
  // The clock is so far ahead of everybody else's.
  void set_clock_offset(std::chrono::microseconds offset);
  // The next append is committed, but its answer never arrives.
  void lose_next_answer();

  // Calls that begin from now on stand still, after they have been counted, until released.
  void hold();
  void release();
  // Blocks until that many calls stand still; throws when that takes longer than any machine needs.
  void wait_until_held(std::size_t calls);

  // The same for reads whose answer is already made, whoever has heard of it.
  void wait_until_read(std::size_t reads);

  // The same until every key that was past its time is gone.
  void wait_until_keys_are_forgotten();

  // What was done so far.
  [[nodiscard]] std::size_t reads() const;  // answered ones
  [[nodiscard]] std::size_t probes() const;
  [[nodiscard]] std::vector<std::size_t> batches() const;  // sizes of all attempts, in order
  [[nodiscard]] std::vector<std::string> bodies() const;
  [[nodiscard]] std::vector<MessagePtr> messages() const;

 private:
  using Lock = std::unique_lock<std::mutex>;

  void stand_still_if_asked(Lock& lock);
  void begin_read(Lock& lock);
  [[nodiscard]] std::vector<MessagePtr> messages_after(const FindQuery& query,
                                                       std::size_t limit) const;
  [[nodiscard]] MessageId greatest_position() const;
  void change(const std::string& body, const std::function<void(Message&)>& how);
  void wait_for(const std::function<bool()>& holds);
  WriteResult store(const NewMessage& message);
  WriteResult apply(const MessageChange& change);
  void fail_if_in_trouble() const;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // All guarded by mutex_.
  std::vector<MessagePtr> messages_;
  std::map<std::string, MessagePtr> keys_;
  std::map<std::string, MessageChange> change_keys_;
  std::map<MessageId, SecretDigest> edit_keys_;
  std::string held_message_;
  std::size_t handed_over_ = 0;
  std::set<std::string> rejected_bodies_;
  bool unavailable_ = false;
  bool broken_ = false;
  bool lose_answer_ = false;
  std::size_t old_keys_ = 0;
  std::chrono::microseconds clock_offset_{0};
  bool holding_ = false;
  std::size_t held_ = 0;
  std::size_t reads_ = 0;
  std::vector<std::size_t> batches_;
  StoreState state_;
  unsigned positions_ = 0;
  bool position_lost_ = false;
  std::size_t added_ = 0;
  StoreTrouble trouble_ = StoreTrouble::none;
  bool only_thorough_ = false;
  std::size_t probes_ = 0;
};

class MemoryStore : public WriteStore, public ReadStore {
 public:
  explicit MemoryStore(MemoryDatabase& database) : database_(database) {}

  std::vector<WriteResult> append(const std::vector<NewMessage>& batch) override {
    return database_.append(batch);
  }
  std::vector<WriteResult> change(const std::vector<MessageChange>& batch) override {
    return database_.change(batch);
  }
  std::size_t do_what_was_handed_over(std::size_t at_most) override {
    return database_.do_what_was_handed_over(at_most);
  }
  std::vector<std::vector<MessagePtr>> find_after(const std::vector<FindQuery>& queries,
                                                  std::size_t page_bytes) override {
    static_cast<void>(page_bytes);
    return database_.find_after(queries);
  }
  std::vector<bool> find_any_after(const std::vector<FindQuery>& queries) override {
    return database_.find_any_after(queries);
  }
  OlderMessages find_before(const FindQuery& query, std::size_t page_bytes) override {
    static_cast<void>(page_bytes);
    return database_.find_before(query);
  }
  SearchHits search(const FindQuery& query, const MessageId& before, std::size_t at_most) override {
    return database_.search(query, before, at_most);
  }
  RoomsPage find_rooms(const RoomsQuery& query) override { return database_.find_rooms(query); }
  void probe(bool thorough) override { database_.probe(thorough); }
  std::size_t forget_old_keys(std::size_t at_most) override {
    return database_.forget_old_keys(at_most);
  }

 private:
  MemoryDatabase& database_;
};

// Never hints: a test looks when it wants to.
class MemoryNewsSource : public NewsSource {
 public:
  explicit MemoryNewsSource(MemoryDatabase& database) : database_(database) {}

  News find_news(const MessageId& after, std::size_t limit) override {
    return database_.find_news(after, limit);
  }
  std::vector<MessagePtr> find_newest(const PageLimits& limits) override {
    return database_.find_newest(limits);
  }
  MessageId last_position() override { return database_.last_position(); }
  void note_another_history() override { database_.note_another_history(); }
  std::chrono::microseconds clock_offset() override { return database_.clock_offset(); }
  void wait(int, std::chrono::milliseconds) override {}

 private:
  MemoryDatabase& database_;
};

}  // namespace chat::test
