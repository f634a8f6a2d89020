// Where messages are stored, as whoever stores them sees it. postgres/ has the real one; the unit
// tests have a twin in memory.
//
// Every call blocks, so it never runs on the loop's thread, and a store belongs to one thread.
#pragma once

#include <cstddef>
#include <vector>

#include "domain/message.hpp"
#include "domain/store_error.hpp"

namespace chat {

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

class WriteStore {
 public:
  WriteStore() = default;
  WriteStore(const WriteStore&) = delete;
  WriteStore& operator=(const WriteStore&) = delete;
  virtual ~WriteStore() = default;

  // Stores the batch in its order, durably, all or nothing; a key that is known stores nothing.
  // One result for each message. Throws StoreUnavailable or StoreRejected.
  virtual std::vector<AppendResult> append(const std::vector<NewMessage>& batch) = 0;

  // Returns if a message could be stored now, and stores nothing; else throws as append does.
  // Tries a message that is taken back; thorough: one of the greatest length.
  virtual void probe(bool thorough) = 0;

  // Drops at most so many keys that are past their time, and says how many there were. Throws
  // StoreUnavailable.
  virtual std::size_t forget_old_keys(std::size_t at_most) = 0;
};

}  // namespace chat
