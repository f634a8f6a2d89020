// The rooms that there are, as a reader asks for them.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/message_id.hpp"

namespace chat {

inline constexpr std::size_t max_page_rooms = 1000;
inline constexpr std::size_t max_seen_rooms = 100;
// Where counting ends: so many, or more.
inline constexpr int max_unread = 100;

struct RoomsQuery {
  std::string after;  // only rooms whose name is greater, byte by byte
  std::size_t limit = max_page_rooms;
  // How far the reader has read: the newest id that he has seen of a room.
  std::map<std::string, MessageId> seen;
  std::string user;  // whose own messages are none that he has not read; empty: nobody's
};

struct RoomSummary {
  std::string room;
  std::optional<MessageId>
      newest;                 // of what is not deleted; nothing when all that was said is gone
  std::optional<int> unread;  // 0 to max_unread, where the reader said how far he has read
};

struct RoomsPage {
  std::vector<RoomSummary> rooms;  // by name
  bool more = false;
};

using RoomsPagePtr = std::shared_ptr<const RoomsPage>;

}  // namespace chat
