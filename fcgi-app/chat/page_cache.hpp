// Pages of this moment: all who wait at one cursor of a room are given the same page, and with it
// the same rendering. News empties it.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <tuple>

#include "chat/page.hpp"

namespace chat {

// Only on the loop's thread.
class PageCache {
 public:
  // `max_bytes` bounds the messages of all pages together. Renderings hang on the pages: JSON that
  // is all escapes takes six times its text, and stands there twice, as a body and on the wire.
  explicit PageCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // Null when nobody has made it yet.
  [[nodiscard]] PagePtr find(const FindQuery& query) const;

  // Lets go of the others when they leave no room; a page that is too large alone is not kept.
  void keep(const FindQuery& query, const PagePtr& page);

  void clear();

 private:
  using Key = std::tuple<std::string, MessageId, std::size_t>;

  static Key key_of(const FindQuery& query) { return {query.room, query.after, query.limit}; }

  const std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::map<Key, PagePtr> pages_;
};

}  // namespace chat
