#include "feed/message_search.hpp"

#include <algorithm>

namespace chat {
namespace {

constexpr std::size_t hits_at_once = 200;
// Words that are everywhere, in a phrase that is nowhere: enough for one answer.
constexpr int most_rounds = 10;

}  // namespace

Page search_messages(ReadStore& store, const FindQuery& query, std::size_t page_bytes) {
  std::vector<MessagePtr> found;  // newest first
  MessageId before = query.before.value_or(max_message_id);
  std::optional<MessageId> searched_to;
  for (int round = 0; found.size() <= query.limit; ++round) {
    if (round == most_rounds) {
      searched_to = before;
      break;
    }
    const SearchHits hits = store.search(query, before, hits_at_once);
    for (const MessagePtr& message : hits.messages) {
      if (matches(*query.search, *message)) found.push_back(message);
    }
    if (hits.count < hits_at_once) break;
    before = hits.last;
  }
  std::reverse(found.begin(), found.end());
  Page page = *make_page_backwards(std::move(found), {query.limit, page_bytes});
  if (searched_to && !page.more) {
    page.more = true;
    page.searched_to = searched_to;
  }
  return page;
}

}  // namespace chat
