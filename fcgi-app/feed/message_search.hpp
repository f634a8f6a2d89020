// A search, from what the index has to what is answered.
#pragma once

#include "domain/find_query.hpp"
#include "domain/page.hpp"
#include "domain/read_store.hpp"

namespace chat {

// The last page of matches before the query's cursor, oldest first. The index says which messages
// may be meant; each is looked at as it is now. Blocks. Throws StoreUnavailable.
Page search_messages(ReadStore& store, const FindQuery& query, std::size_t page_bytes);

}  // namespace chat
