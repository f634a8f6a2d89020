#include "domain/page.hpp"

#include <string_view>

namespace chat {
namespace {

// The names of the members, the id and its time, and what stands between them.
constexpr std::size_t members_bytes = 128;
// The version, its time and who signed in, which a reader of changes is told as well.
constexpr std::size_t change_bytes = 128;

std::size_t escaped_bytes(std::string_view text) {
  std::size_t bytes = text.size();
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < ' ') {
      bytes += 5;  // a tabulator as \u0009
    } else if (c == '"' || c == '\\') {
      bytes += 1;
    }
  }
  return bytes;
}

template <class Iterator>
std::size_t count_that_fits(Iterator begin, Iterator end, const PageLimits& limits) {
  std::size_t count = 0;
  std::size_t bytes = 0;
  for (Iterator it = begin; it != end && count < limits.messages; ++it, ++count) {
    bytes += answer_bytes(**it);
    if (count > 0 && bytes > limits.bytes) break;
  }
  return count;
}

}  // namespace

std::size_t answer_bytes(const Message& message) {
  return members_bytes + (message.version ? change_bytes : 0) + message.room.size() +
         escaped_bytes(message.body) + (message.author ? escaped_bytes(*message.author) : 0);
}

PagePtr make_page_forwards(std::vector<MessagePtr> found, const PageLimits& limits, bool changes) {
  auto page = std::make_shared<Page>();
  const std::size_t count = count_that_fits(found.begin(), found.end(), limits);
  page->more = count < found.size();
  found.resize(count);
  page->messages = std::move(found);
  if (count > 0) {
    const Message& last = *page->messages.back();
    page->position = changes ? last.position() : last.id;
  }
  return page;
}

PagePtr make_page_backwards(std::vector<MessagePtr> found, const PageLimits& limits,
                            const std::optional<MessageId>& position) {
  auto page = std::make_shared<Page>();
  const std::size_t count = count_that_fits(found.rbegin(), found.rend(), limits);
  page->more = count < found.size();
  found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(count));
  page->messages = std::move(found);
  page->position = position;
  return page;
}

}  // namespace chat
