#include "feed/message_search.hpp"

#include <algorithm>

namespace chat {
namespace {

constexpr std::size_t hits_at_once = 200;
// Words that are everywhere, in a phrase that is nowhere: then it is enough.
constexpr int most_rounds = 50;

}  // namespace

Page search_messages(ReadStore& store, const FindQuery& query, std::size_t page_bytes) {
  std::vector<MessagePtr> found;  // newest first
  MessageId before = query.before.value_or(max_message_id);
  for (int round = 0; round < most_rounds && found.size() <= query.limit; ++round) {
    const SearchHits hits = store.search(query, before, hits_at_once);
    for (const MessagePtr& message : hits.messages) {
      if (matches(*query.search, *message)) found.push_back(message);
    }
    if (hits.count < hits_at_once) break;
    before = hits.last;
  }
  std::reverse(found.begin(), found.end());
  return *make_page_backwards(std::move(found), {query.limit, page_bytes});
}

}  // namespace chat
