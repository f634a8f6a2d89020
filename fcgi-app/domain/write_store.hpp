// Where messages are stored and changed, as whoever does it sees it. postgres/ has the real one;
// the unit tests have a twin in memory.
//
// Every call blocks, so it never runs on the loop's thread, and a store belongs to one thread.
#pragma once

#include <cstddef>
#include <vector>

#include "domain/message.hpp"
#include "domain/store_error.hpp"

namespace chat {

struct WriteResult {
  enum class Outcome {
    unavailable,   // not known to be done; the same key may be sent again
    done,          // by this call, durably
    repeated,      // the key was known, and nothing was done again
    key_conflict,  // the key was used for something else
    gone,          // the key was used for the same, and the message is no more
    rejected,      // by the store, for good
    // Of a change alone:
    unchanged,  // it was so already
    not_found,
    forbidden,  // neither the author who was signed in, nor the edit key
    mismatch,   // its position is another one
    locked,     // somebody else holds the message: try again
  };
  Outcome outcome = Outcome::unavailable;
  MessageId id{};
  StoreTrouble trouble = StoreTrouble::out_of_reach;  // why it is unavailable
  // The message as it is now, where it is there and not simply what was sent.
  MessagePtr now{};
  // Of a message that was stored: the greatest id that the last position before the call can have.
  // Nothing lies between it and what the call has stored.
  MessageId follows{};
};

class WriteStore {
 public:
  WriteStore() = default;
  WriteStore(const WriteStore&) = delete;
  WriteStore& operator=(const WriteStore&) = delete;
  virtual ~WriteStore() = default;

  // Stores the batch in its order, durably, all or nothing; a key that is known stores nothing.
  // One result for each message. Throws StoreUnavailable or StoreRejected.
  virtual std::vector<WriteResult> append(const std::vector<NewMessage>& batch) = 0;

  // Changes messages in the order of the batch, as append stores them. Waits for nobody who holds
  // one of them.
  virtual std::vector<WriteResult> change(const std::vector<MessageChange>& batch) = 0;

  // Does at most so many of the things that SQL callers have handed over, and says how many there
  // were. Throws StoreUnavailable or StoreRejected.
  virtual std::size_t do_what_was_handed_over(std::size_t at_most) = 0;

  // Returns if a message could be stored now, and stores nothing; else throws as append does.
  // Tries a message that is taken back; thorough: one of the greatest length.
  virtual void probe(bool thorough) = 0;

  // Drops at most so many keys that are past their time, and says how many there were. Throws
  // StoreUnavailable.
  virtual std::size_t forget_old_keys(std::size_t at_most) = 0;
};

}  // namespace chat
