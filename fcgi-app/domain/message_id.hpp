// Message ids: ULIDs written as UUIDs. The database mints them (sql/, chat.append); the worker only
// reads, compares and prints them, and never invents one.
#pragma once

#include <algorithm>
#include <boost/uuid/uuid.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chat {

// 48 bits of Unix milliseconds, then bits that keep ids strictly increasing in commit order.
// `<` compares byte by byte, which is the order of PostgreSQL's uuid as well.
using MessageId = boost::uuids::uuid;

// The cursor that means "from the first message on".
inline constexpr MessageId nil_message_id{};

// The mirror image of the nil UUID: nothing has a greater id.
inline constexpr MessageId max_message_id{{255, 255, 255, 255, 255, 255, 255, 255,  //
                                           255, 255, 255, 255, 255, 255, 255, 255}};

// The greatest that shares its upper 64 bits, which alone order: whatever is minted after `id` is
// greater than this as well. It is nobody's id, so it tells nobody of a message he may not know.
inline MessageId ceiling_of(MessageId id) {
  std::fill(id.begin() + 8, id.end(), std::uint8_t{255});
  return id;
}

// The next greater one; `id` is not the greatest.
inline MessageId next_of(MessageId id) {
  for (auto byte = std::rbegin(id.data); byte != std::rend(id.data) && ++*byte == 0; ++byte) {
  }
  return id;
}

// Reads the canonical form of 36 characters, also in braces or after `urn:uuid:`, and 32 digits
// alone; digits in either case. Empty when `text` is anything else.
std::optional<MessageId> parse_message_id(std::string_view text);

std::string format_message_id(const MessageId& id);

// The moment of the id, in Unix time.
std::chrono::milliseconds unix_time(const MessageId& id);

// The moment of the id as RFC 3339 in UTC with milliseconds: 2026-01-31T12:00:00.123Z.
std::string created_at(const MessageId& id);

}  // namespace chat
