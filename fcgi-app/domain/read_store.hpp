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

#include "domain/message.hpp"
#include "domain/page.hpp"
#include "domain/store_error.hpp"

namespace chat {

class ReadStore {
 public:
  ReadStore() = default;
  ReadStore(const ReadStore&) = delete;
  ReadStore& operator=(const ReadStore&) = delete;
  virtual ~ReadStore() = default;

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
};

using ReadStoreFactory = std::function<std::unique_ptr<ReadStore>()>;

}  // namespace chat
