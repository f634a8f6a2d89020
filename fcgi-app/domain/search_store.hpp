// The index that searches use, as whoever fills it sees it.
//
// Every call blocks, so it never runs on the loop's thread, and a store belongs to one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "domain/message.hpp"
#include "domain/store_error.hpp"

namespace chat {

// What follows in the order of positions.
struct Unindexed {
  MessageId begins_after{};
  MessageId ends_at{};
  std::vector<MessagePtr> messages;  // as they are now, deleted ones too
};

// What was changed where it stands, other than by a worker.
struct ChangedByHand {
  std::vector<std::int64_t> ordinals;  // of each, which of its changes was the last
  std::vector<MessagePtr> messages;    // as they are now; what is gone is deleted
};

// By what each of some messages is found.
using TokenLists = std::vector<std::vector<std::string>>;

class SearchStore {
 public:
  SearchStore() = default;
  SearchStore(const SearchStore&) = delete;
  SearchStore& operator=(const SearchStore&) = delete;
  virtual ~SearchStore() = default;

  // Whether it is for us to fill the index; of all workers one does. Throws StoreUnavailable.
  virtual bool take_turn() = 0;

  // For how long the oldest message has been waiting that is not in the index. Throws
  // StoreUnavailable.
  virtual std::chrono::milliseconds behind() = 0;

  // At most so many. Throw StoreUnavailable.
  virtual Unindexed find_unindexed(std::size_t at_most) = 0;
  virtual ChangedByHand find_changed_by_hand(std::size_t at_most) = 0;

  // Puts them into the index; what is deleted goes out of it. One list of tokens for each. Throw
  // StoreUnavailable or StoreRejected.
  virtual void index(const Unindexed& found, const TokenLists& tokens) = 0;
  virtual void index(const ChangedByHand& found, const TokenLists& tokens) = 0;
};

}  // namespace chat
