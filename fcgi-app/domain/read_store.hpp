// Where messages are looked up, as readers see it. postgres/ has the real one; the unit tests have
// a twin in memory.
//
// Every call blocks, so it never runs on the loop's thread, and a store belongs to one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "domain/find_query.hpp"
#include "domain/message.hpp"
#include "domain/page.hpp"
#include "domain/room_list.hpp"
#include "domain/store_error.hpp"

namespace chat {

struct OlderMessages {
  std::vector<MessagePtr> messages;  // oldest first
  MessageId position{};              // the greatest id or version that there was then
};

struct SearchHits {
  std::vector<MessagePtr> messages;  // newest first; those that are still there
  std::size_t count = 0;             // of all that were found
  MessageId last{};                  // the oldest of these
};

class ReadStore {
 public:
  ReadStore() = default;
  ReadStore(const ReadStore&) = delete;
  ReadStore& operator=(const ReadStore&) = delete;
  virtual ~ReadStore() = default;

  // What makes a page of each query: the messages of its rooms after its cursor, oldest first. As
  // many as fit the query's limit and `page_bytes`, and one more, if there is one; a store may give
  // more of them than fit by their bytes. One answer for each query. Throws StoreUnavailable.
  virtual std::vector<std::vector<MessagePtr>> find_after(const std::vector<FindQuery>& queries,
                                                          std::size_t page_bytes) = 0;

  // Whether each query, none of them for all rooms, would find anything at all: far cheaper where
  // most find nothing. Throws StoreUnavailable.
  virtual std::vector<bool> find_any_after(const std::vector<FindQuery>& queries) = 0;

  // The same on the way back: the last messages of the rooms before `query.before`, by id. Throws
  // StoreUnavailable.
  virtual OlderMessages find_before(const FindQuery& query, std::size_t page_bytes) = 0;

  // The newest messages before that one that the index knows to have the tokens of the query's
  // search. Throws StoreUnavailable.
  virtual SearchHits search(const FindQuery& query, const MessageId& before,
                            std::size_t at_most) = 0;

  // A page of the rooms that ever had a message. Throws StoreUnavailable.
  virtual RoomsPage find_rooms(const RoomsQuery& query) = 0;
};

using ReadStoreFactory = std::function<std::unique_ptr<ReadStore>()>;

}  // namespace chat
