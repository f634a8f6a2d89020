#include "http/message_query.hpp"

#include <algorithm>
#include <set>

#include "domain/error.hpp"
#include "http/json.hpp"
#include "http/parameters.hpp"
#include "http/prefer.hpp"

namespace chat {
namespace {

MessageId parse_cursor(const char* name, const std::string& text) {
  const auto id = parse_message_id(text);
  if (!id) throw_invalid_argument(std::string("The parameter ") + name + " is not a UUID");
  return *id;
}

RoomSet rooms_of(const Parameters& parameters) {
  std::set<std::string> names;
  for (std::string& name : parameters.find_all("room")) names.insert(std::move(name));
  if (names.empty()) return {};
  if (names.contains("*")) {
    if (names.size() > 1) throw_invalid_argument("room=* is every room: name no other");
    return RoomSet::all();
  }
  for (const std::string& name : names) validate_room(name);
  if (names.size() > max_rooms) {
    throw_invalid_argument("Name at most " + std::to_string(max_rooms) + " rooms, or room=*");
  }
  return RoomSet(names);
}

// As the query names them.
std::string room_parameters(const RoomSet& rooms) {
  if (rooms.is_all()) return "&room=*";
  std::string text;
  for (const std::string_view name : rooms.names()) {
    text += "&room=";
    text += name;
  }
  return text;
}

FindQuery query_of(const Request& request, const Parameters& parameters, bool is_stream) {
  FindQuery query;
  query.rooms = rooms_of(parameters);
  const auto after = parameters.find("after");
  const auto before = parameters.find("before");
  if (after && before) throw_invalid_argument("Give after or before, not both");
  const bool is_now = is_stream && after == "now";
  if (after && !is_now) query.after = parse_cursor("after", *after);
  if (before) query.before = parse_cursor("before", *before);
  if (const auto q = parameters.find("q")) {
    if (after) throw_invalid_argument("A search goes back: give before, not after");
    if (!is_valid_utf8(*q)) throw_invalid_argument("The parameter q is not valid Unicode");
    query.search = std::make_shared<const SearchTerms>(parse_search(*q));
    if (!query.before) query.before = max_message_id;
  }
  if (const auto changes = parameters.find("changes")) {
    query.changes = parse_number("changes", *changes, 0, 1) == 1;
  }
  query.epoch = parameters.find("epoch");
  if (const auto limit = parameters.find("limit")) {
    query.limit = static_cast<std::size_t>(
        parse_number("limit", *limit, 1, static_cast<int>(max_page_messages)));
  }
  if (const auto timeout = parameters.find("timeout")) {
    query.timeout = std::chrono::seconds{
        parse_number("timeout", *timeout, 0, static_cast<int>(max_poll_timeout.count()))};
  } else if (const auto wait = wait_from_prefer(request)) {
    query.timeout = std::min(*wait, max_poll_timeout);
  }
  if (is_head(request)) query.timeout = std::chrono::seconds{0};
  return query;
}

}  // namespace

std::string next_link(const FindQuery& query, const Page& page) {
  std::string cursor;
  if (page.searched_to) {
    cursor = "before=" + format_message_id(*page.searched_to);
  } else if (query.before) {
    cursor = "before=" + format_message_id(page.messages.front()->id);
  } else {
    cursor = "after=" + format_message_id(cursor_of(query, *page.messages.back()));
  }
  return "<messages?" + cursor + room_parameters(query.rooms) +
         "&limit=" + std::to_string(query.limit) + (query.changes ? "&changes=1" : "") +
         (query.search ? "&q=" + percent_encoded(query.search->text) : "") + ">; rel=\"next\"";
}

std::optional<std::chrono::seconds> wait_from_prefer(const Request& request) {
  if (!request.prefer || is_head(request)) return std::nullopt;
  const Parameters parameters(request.query_string);
  if (parameters.find("timeout") || parameters.find("before") || parameters.find("q")) {
    return std::nullopt;
  }
  return preferred_wait(*request.prefer);
}

StreamQuery stream_query_of(const Request& request) {
  const Parameters parameters(request.query_string);
  if (parameters.find("before") || parameters.find("q")) {
    throw_invalid_argument("A stream goes forward: before and q are for polls");
  }
  StreamQuery query;
  // A browser sends it with each request but the first, whatever the address says.
  const std::string last_event_id = request.last_event_id.value_or("");
  query.from_now = last_event_id.empty() && parameters.find("after") == "now";
  query.messages = query_of(request, parameters, /*is_stream=*/true);
  if (!last_event_id.empty()) {
    const auto position = parse_message_id(last_event_id);
    if (!position) throw_invalid_argument("The Last-Event-ID is not a UUID");
    query.messages.after = *position;
  }
  query.messages.limit = max_page_messages;
  return query;
}

FindQuery find_query_of(const Request& request) {
  return query_of(request, Parameters(request.query_string), /*is_stream=*/false);
}

}  // namespace chat
