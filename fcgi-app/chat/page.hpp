// One answer to a reader: some messages, and whether there are more.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "chat/message.hpp"

namespace chat {

struct Response;  // http/response.hpp

struct Page {
  std::vector<MessagePtr> messages;  // oldest first
  bool more = false;                 // beyond the limit, in the direction that was asked for
  // Filled by the handler that renders the page first, so that all polls that share the page share
  // its rendering as well. Only on the loop's thread.
  mutable std::shared_ptr<const Response> rendering;
};

using PagePtr = std::shared_ptr<const Page>;

struct PageLimits {
  std::size_t messages = max_page_messages;
  std::size_t bytes = std::size_t{1} << 20;  // of bodies; the first message is never cut
};

// The first messages of `found` (oldest first) that fit. `found` is at least one message longer
// than the limit when there are more.
PagePtr make_page_forwards(std::vector<MessagePtr> found, const PageLimits& limits);

// The last ones that fit, still oldest first: a page on the way back.
PagePtr make_page_backwards(std::vector<MessagePtr> found, const PageLimits& limits);

}  // namespace chat
