#include "chat/page_cache.hpp"

namespace chat {
namespace {

// What a message costs beside its body: its members and their names, and the page's own parts.
constexpr std::size_t message_overhead = 256;

std::size_t cost_of(const Page& page) {
  std::size_t bytes = message_overhead;
  for (const MessagePtr& message : page.messages) bytes += message->body.size() + message_overhead;
  return bytes;
}

}  // namespace

PagePtr PageCache::find(const FindQuery& query) const {
  const auto found = pages_.find(key_of(query));
  return found == pages_.end() ? nullptr : found->second;
}

void PageCache::keep(const FindQuery& query, const PagePtr& page) {
  const std::size_t cost = cost_of(*page);
  if (cost > max_bytes_) return;
  if (bytes_ + cost > max_bytes_) clear();
  if (pages_.emplace(key_of(query), page).second) bytes_ += cost;
}

void PageCache::clear() {
  pages_.clear();
  bytes_ = 0;
}

}  // namespace chat
