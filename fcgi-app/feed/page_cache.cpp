#include "feed/page_cache.hpp"

namespace chat {
namespace {

// The page itself and its place in the map.
constexpr std::size_t page_overhead = 256;

// The answer stands there twice: as a body, and with its headers on the wire.
std::size_t cost_of(const Page& page) {
  std::size_t bytes = page_overhead;
  for (const MessagePtr& message : page.messages) bytes += 2 * answer_bytes(*message);
  return bytes;
}

}  // namespace

PagePtr PageCache::find(const FindQuery& query) const {
  const auto found = pages_.find(query.key());
  return found == pages_.end() ? nullptr : found->second;
}

void PageCache::keep(const FindQuery& query, const PagePtr& page) {
  const std::size_t cost = cost_of(*page);
  if (cost > max_bytes_) return;
  if (bytes_ + cost > max_bytes_) clear();
  if (pages_.emplace(query.key(), page).second) bytes_ += cost;
}

void PageCache::clear() {
  pages_.clear();
  bytes_ = 0;
}

}  // namespace chat
