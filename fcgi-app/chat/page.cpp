#include "chat/page.hpp"

#include <algorithm>

namespace chat {
namespace {

template <class Iterator>
std::size_t count_that_fits(Iterator begin, Iterator end, const PageLimits& limits) {
  std::size_t count = 0;
  std::size_t bytes = 0;
  for (Iterator it = begin; it != end && count < limits.messages; ++it, ++count) {
    bytes += (*it)->body.size();
    if (count > 0 && bytes > limits.bytes) break;
  }
  return count;
}

}  // namespace

PagePtr make_page_forwards(std::vector<MessagePtr> found, const PageLimits& limits) {
  auto page = std::make_shared<Page>();
  const std::size_t count = count_that_fits(found.begin(), found.end(), limits);
  page->more = count < found.size();
  found.resize(count);
  page->messages = std::move(found);
  return page;
}

PagePtr make_page_backwards(std::vector<MessagePtr> found, const PageLimits& limits) {
  std::reverse(found.begin(), found.end());
  auto page = std::make_shared<Page>();
  const std::size_t count = count_that_fits(found.begin(), found.end(), limits);
  page->more = count < found.size();
  found.resize(count);
  std::reverse(found.begin(), found.end());
  page->messages = std::move(found);
  return page;
}

}  // namespace chat
