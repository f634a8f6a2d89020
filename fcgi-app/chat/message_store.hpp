// The slow edge: what the chat needs of a database. PostgresStore is the real one; the unit tests
// have a twin in memory.
//
// Every call blocks, so it never runs on the loop's thread, and a store belongs to one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "chat/message.hpp"
#include "chat/page.hpp"
#include "chat/store_trouble.hpp"

namespace chat {

// The store is out of reach or did not finish in time. What was sent may or may not be stored, so
// an append is only ever repeated with the same keys. `what()` is for the log alone.
class StoreUnavailable : public std::runtime_error {
 public:
  explicit StoreUnavailable(const std::string& what,
                            StoreTrouble trouble = StoreTrouble::out_of_reach)
      : std::runtime_error(what), trouble_(trouble) {}

  [[nodiscard]] StoreTrouble trouble() const { return trouble_; }

 private:
  StoreTrouble trouble_;
};

// The store refused these very messages; sending them again cannot help.
class StoreRejected : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct AppendResult {
  enum class Outcome {
    unavailable,   // not known to be stored; the same key may be sent again
    stored,        // by this call, durably
    repeated,      // the key was known: `id` is the first message's
    key_conflict,  // the key was used for another body, room or author
    gone,          // the key's message was the same, and is no more
    rejected,      // by the store, for good
  };
  Outcome outcome = Outcome::unavailable;
  MessageId id{};
  StoreTrouble trouble = StoreTrouble::out_of_reach;  // why it is unavailable
};

// What tells a reader of news whether the messages that it has seen are still there. Read in one
// snapshot with them.
struct StoreState {
  std::string lineage;           // another one after a fail-over or a restore
  std::uint64_t connection = 0;  // the how-manieth: between two of them anything may have happened
  MessageId position{};          // never behind a message that was ever seen, unless rewound
  std::int64_t removals = 0;     // how often messages went or changed
  MessageId newest_removed{};    // the greatest id among these
};

struct News {
  StoreState state;
  std::vector<MessagePtr> messages;
};

class MessageStore {
 public:
  MessageStore() = default;
  MessageStore(const MessageStore&) = delete;
  MessageStore& operator=(const MessageStore&) = delete;
  virtual ~MessageStore() = default;

  // Stores the batch in its order, durably, all or nothing; a key that is known stores nothing.
  // One result for each message. Throws StoreUnavailable or StoreRejected.
  virtual std::vector<AppendResult> append(const std::vector<NewMessage>& batch) = 0;

  // What makes a page of each query: the messages of its room with a greater id, oldest first. As
  // many as fit the query's limit and `page_bytes`, and one more, if there is one; a store may give
  // more of them than fit by their bytes. One answer for each query. Throws StoreUnavailable.
  virtual std::vector<std::vector<MessagePtr>> find_after(const std::vector<FindQuery>& queries,
                                                          std::size_t page_bytes) = 0;

  // Whether each query would find anything at all: far cheaper where most find nothing. Throws
  // StoreUnavailable.
  virtual std::vector<bool> find_any_after(const std::vector<FindQuery>& queries) = 0;

  // The same on the way back: the last messages of the room with a smaller id, oldest first. Throws
  // StoreUnavailable.
  virtual std::vector<MessagePtr> find_before(const std::string& room, const MessageId& before,
                                              const PageLimits& limits) = 0;

  // At most `limit` messages of all rooms with a greater id, oldest first. Throws StoreUnavailable.
  virtual News find_news(const MessageId& after, std::size_t limit) = 0;

  // The newest messages of all rooms, oldest first: as many as fit the limits. Throws
  // StoreUnavailable.
  virtual std::vector<MessagePtr> find_newest(const PageLimits& limits) = 0;

  // The greatest id, or nil when there is no message. Throws StoreUnavailable.
  virtual MessageId last_id() = 0;

  // How far the store's clock is ahead of this host's, give or take half the time of a call. Throws
  // StoreUnavailable.
  virtual std::chrono::microseconds clock_offset() = 0;

  // Returns if a message could be stored now, and stores nothing; else throws as append does.
  // Tries a message that is taken back; thorough: one of the greatest length.
  virtual void probe(bool thorough) = 0;

  // Drops at most so many keys that are past their time, and says how many it were. Throws
  // StoreUnavailable.
  virtual std::size_t forget_old_keys(std::size_t at_most) = 0;
};

using StoreFactory = std::function<std::unique_ptr<MessageStore>()>;

}  // namespace chat
