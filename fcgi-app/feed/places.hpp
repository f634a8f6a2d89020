// The names of the places in the waiting room: each room, and all of them. Readers of changes wait
// apart, since a change is no news for the others.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/find_query.hpp"

namespace chat {

inline constexpr const char* all_rooms = "*";

inline std::string place_for_changes(const std::string& room) { return room + '!'; }

// Where a reader waits: in each of his rooms, or in all of them.
inline std::vector<std::string> places_of(const FindQuery& query) {
  std::vector<std::string> places;
  if (query.rooms.is_all()) places.emplace_back(all_rooms);
  for (const std::string_view name : query.rooms.names()) places.emplace_back(name);
  if (query.changes) {
    for (std::string& place : places) place = place_for_changes(place);
  }
  return places;
}

}  // namespace chat
