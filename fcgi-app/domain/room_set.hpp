// Which rooms a question is about: some, or all that there are and will be.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace chat {

// In one question: every room is a look of its own at the index.
inline constexpr std::size_t max_rooms = 100;
inline constexpr std::string_view default_room = "lobby";

class RoomSet {
 public:
  RoomSet() : text_(default_room) {}
  // Implicit: a room is the set that holds it.
  RoomSet(std::string name) : text_(std::move(name)) {}
  RoomSet(const char* name) : text_(name) {}
  // The names are valid, and at least one.
  explicit RoomSet(const std::set<std::string>& names);
  static RoomSet all() { return {"*"}; }

  [[nodiscard]] bool is_all() const { return text_ == "*"; }
  [[nodiscard]] bool is_one() const { return !is_all() && text_.find(',') == std::string::npos; }

  // The names in order, none for all. Views into this set.
  [[nodiscard]] std::vector<std::string_view> names() const;

  // The same for the same rooms, whatever order they were named in. Of one room its name.
  [[nodiscard]] const std::string& text() const { return text_; }

  friend bool operator==(const RoomSet& a, const RoomSet& b) { return a.text_ == b.text_; }

 private:
  // Thousands of parked polls hold one, nearly all of them a short name: so one string.
  std::string text_;
};

}  // namespace chat
