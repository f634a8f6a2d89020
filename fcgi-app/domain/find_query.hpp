// What a reader asks for.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <tuple>

#include "domain/message.hpp"
#include "domain/message_id.hpp"
#include "domain/room_set.hpp"
#include "domain/search_terms.hpp"

namespace chat {

// `before` pages backwards and never waits; `after` is ignored then.
struct FindQuery {
  RoomSet rooms;
  MessageId after = nil_message_id;
  std::optional<MessageId> before;
  // Only messages that have these, on the way back.
  std::shared_ptr<const SearchTerms> search{};
  // The reader knows that messages change: `after` is compared with positions, and deleted messages
  // are there.
  bool changes = false;
  std::size_t limit = max_page_messages;
  std::chrono::milliseconds timeout = default_poll_timeout;
  // What the reader has seen last: it does not wait while there is another one.
  std::optional<std::string> epoch;
  // A stream's: it goes on from what it was given, and need not be given what is newer than memory.
  bool goes_on = false;

  // Queries of one key are for the same page, so readers share it.
  using Key = std::tuple<std::string, bool, MessageId, bool, std::size_t>;
  [[nodiscard]] Key key() const {
    return {rooms.text(), before.has_value(), before.value_or(after), changes, limit};
  }
};

// Where this reader finds the message in the order that he reads in.
inline const MessageId& cursor_of(const FindQuery& query, const Message& message) {
  return query.changes ? message.position() : message.id;
}

}  // namespace chat
