#include "domain/room_set.hpp"

#include "catch.hpp"

using namespace chat;

namespace {

using Names = std::vector<std::string_view>;

}  // namespace

TEST_CASE("A question that names no room is about the lobby") {
  CHECK(RoomSet().names() == Names{"lobby"});
  CHECK(RoomSet().is_one());
}

TEST_CASE("Rooms are the same in whatever order they were named") {
  const RoomSet rooms(std::set<std::string>{"kitchen", "attic", "hall"});
  CHECK(rooms.names() == Names{"attic", "hall", "kitchen"});
  CHECK(rooms == RoomSet(std::set<std::string>{"hall", "attic", "kitchen"}));
  CHECK_FALSE(rooms.is_one());
  CHECK_FALSE(rooms.is_all());
}

TEST_CASE("All rooms have no names") {
  CHECK(RoomSet::all().is_all());
  CHECK_FALSE(RoomSet::all().is_one());
  CHECK(RoomSet::all().names().empty());
}

TEST_CASE("A room is the set that holds it alone") {
  CHECK(RoomSet("attic") == RoomSet(std::set<std::string>{"attic"}));
  CHECK(RoomSet("attic").is_one());
}
