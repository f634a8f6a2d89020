// Walks through a page of messages without making anything of it: reading JSON properly would cost
// more than the rest of a delivery. Members come as the contract lists them, the id first.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

namespace load {

constexpr std::string_view id_mark = "\"id\":\"";
constexpr std::size_t id_size = 36;

inline std::size_t find_mark(std::string_view text, std::string_view mark, std::size_t from) {
  const auto* begin = text.data() + from;
  const auto* found =
      static_cast<const char*>(memmem(begin, text.size() - from, mark.data(), mark.size()));
  return found == nullptr ? std::string_view::npos : static_cast<std::size_t>(found - text.data());
}

// Calls act(id, rest) for each message; `rest` is what follows the id's opening quote.
template <class Act>
void for_each_message(std::string_view json, Act act) {
  // A quote in a text is written with a backslash before it, so the mark is never part of a text.
  for (auto at = find_mark(json, id_mark, 0); at != std::string_view::npos;) {
    const auto begin = at + id_mark.size();
    const auto next = find_mark(json, id_mark, begin);
    const auto rest = json.substr(begin, next - begin);
    act(rest.substr(0, id_size), rest);
    at = next;
  }
}

}  // namespace load
