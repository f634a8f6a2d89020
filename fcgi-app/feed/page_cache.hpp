// Pages of this moment: all who wait at one cursor of a room are given the same page, and with it
// the same rendering. News empties it.
#pragma once

#include <cstddef>
#include <map>

#include "domain/find_query.hpp"
#include "domain/page.hpp"

namespace chat {

// Only on the loop's thread.
class PageCache {
 public:
  // `max_bytes` bounds all pages together with the answers that hang on them.
  explicit PageCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // Null when nobody has made it yet.
  [[nodiscard]] PagePtr find(const FindQuery& query) const;

  // Lets go of the others when they leave no room; a page that is too large alone is not kept.
  void keep(const FindQuery& query, const PagePtr& page);

  void clear();

 private:
  const std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::map<FindQuery::Key, PagePtr> pages_;
};

}  // namespace chat
