// One answer to a reader: some messages, and whether there are more.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/message.hpp"

namespace chat {

struct Response;  // http/response.hpp
struct Piece;     // http/outlet.hpp

struct Page {
  std::vector<MessagePtr> messages;  // oldest first
  bool more = false;                 // beyond the limit, in the direction that was asked for
  // The right next `after` for the question: everything up to it is here or was before. Empty on
  // the way back, but for the newest page.
  std::optional<MessageId> position{};
  // Of a search that has looked through enough for one answer: the next one goes on before this.
  std::optional<MessageId> searched_to{};
  // Of what the messages were read from, or older. Set by who makes the page or, when several ask
  // for it, by the first who is given it.
  mutable std::shared_ptr<const std::string> epoch{};
  // Filled by who renders the page first, as the answer of a poll or as events of a stream, so that
  // all who share the page share its rendering as well. Only on the loop's thread.
  mutable std::shared_ptr<const Response> rendering{};
  mutable std::shared_ptr<const Piece> events{};
};

using PagePtr = std::shared_ptr<const Page>;

// An answer of this size is handed to the kernel in one go (server/connection.cpp), so that the web
// server has all of it even when the worker dies in that moment.
inline constexpr std::size_t default_page_bytes = std::size_t{256} << 10;

struct PageLimits {
  std::size_t messages = max_page_messages;
  std::size_t bytes = default_page_bytes;  // of the answer; the first message is never cut
};

// What the message takes in an answer, in bytes of JSON, rounded up. Escapes can make six of one.
std::size_t answer_bytes(const Message& message);

// The first messages of `found` (oldest first) that fit. `found` is at least one message longer
// than the limit when there are more. With changes the order is that of positions, else of ids.
PagePtr make_page_forwards(std::vector<MessagePtr> found, const PageLimits& limits,
                           bool changes = false);

// The last ones that fit, still oldest first: a page on the way back. `position`, of the newest
// page: as of which it was read.
PagePtr make_page_backwards(std::vector<MessagePtr> found, const PageLimits& limits,
                            const std::optional<MessageId>& position = {});

}  // namespace chat
