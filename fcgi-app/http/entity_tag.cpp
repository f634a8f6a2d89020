#include "http/entity_tag.hpp"

#include <string_view>

#include "domain/error.hpp"
#include "http/header_value.hpp"

namespace chat {
namespace {

// More than any client has seen of one message, and few enough to be compared in a query.
constexpr std::size_t max_tags = 100;

[[noreturn]] void throw_malformed() {
  throw_invalid_argument("If-Match is * or up to 100 entity tags such as \"<position>\"");
}

// Takes a tag with its quotes off the front, and returns what is between them.
std::string_view take_tag(std::string_view& text) {
  if (text.starts_with("W/")) text.remove_prefix(2);
  if (!text.starts_with('"')) throw_malformed();
  const std::size_t end = text.find('"', 1);
  if (end == std::string_view::npos) throw_malformed();
  const std::string_view tag = text.substr(1, end - 1);
  text.remove_prefix(end + 1);
  return tag;
}

}  // namespace

std::string entity_tag_of(const Message& message) {
  return '"' + format_message_id(message.position()) + '"';
}

std::optional<std::vector<MessageId>> if_match_of(const Request& request) {
  if (!request.if_match) return std::nullopt;
  std::string_view text = trimmed(*request.if_match);
  if (text == "*") return std::nullopt;
  std::vector<MessageId> positions;
  std::size_t tags = 0;
  do {
    if (++tags > max_tags) throw_malformed();
    if (const auto position = parse_message_id(take_tag(text))) positions.push_back(*position);
    text = trimmed(text);
    if (text.empty()) return positions;
    if (!text.starts_with(',')) throw_malformed();
    text = trimmed(text.substr(1));
  } while (true);
}

}  // namespace chat
