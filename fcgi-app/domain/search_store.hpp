// The index that searches use, as whoever fills it sees it.
//
// Every call blocks, so it never runs on the loop's thread, and a store belongs to one thread.
#pragma once

#include <cstddef>
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

class SearchStore {
 public:
  SearchStore() = default;
  SearchStore(const SearchStore&) = delete;
  SearchStore& operator=(const SearchStore&) = delete;
  virtual ~SearchStore() = default;

  // Whether it is for us to fill the index; of all workers one does. Throws StoreUnavailable.
  virtual bool take_turn() = 0;

  // At most so many. Throws StoreUnavailable.
  virtual Unindexed find_unindexed(std::size_t at_most) = 0;

  // Puts them into the index; what is deleted goes out of it. One list of tokens for each. Throws
  // StoreUnavailable or StoreRejected.
  virtual void index(const Unindexed& messages,
                     const std::vector<std::vector<std::string>>& tokens) = 0;
};

}  // namespace chat
