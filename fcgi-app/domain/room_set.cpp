#include "domain/room_set.hpp"

namespace chat {

RoomSet::RoomSet(const std::set<std::string>& names) {
  for (const std::string& name : names) {
    if (!text_.empty()) text_ += ',';
    text_ += name;
  }
}

std::vector<std::string_view> RoomSet::names() const {
  std::vector<std::string_view> names;
  if (is_all()) return names;
  std::string_view rest = text_;
  for (;;) {
    const std::size_t comma = rest.find(',');
    names.push_back(rest.substr(0, comma));
    if (comma == std::string_view::npos) return names;
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace chat
