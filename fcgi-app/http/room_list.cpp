#include "http/room_list.hpp"

#include "domain/error.hpp"
#include "domain/message.hpp"
#include "http/json.hpp"
#include "http/message_write.hpp"
#include "http/parameters.hpp"

namespace chat {
namespace {

// A name has no colon, so the first one ends it.
void read_place(RoomsQuery& query, const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) {
    throw_invalid_argument("The parameter seen is a room, a colon and the id of a message");
  }
  const std::string room = text.substr(0, colon);
  validate_room(room);
  const auto id = parse_message_id(std::string_view(text).substr(colon + 1));
  if (!id) throw_invalid_argument("The parameter seen has a message id that is not a UUID");
  if (!query.seen.emplace(room, *id).second) {
    throw_invalid_argument("The parameter seen names the room " + room + " twice");
  }
}

// Relative, so that it holds below any path. The places of rooms that have been listed are not
// needed any more.
std::string next_link(const RoomsQuery& query, const std::string& last) {
  std::string link = "<rooms?after=" + last + "&limit=" + std::to_string(query.limit);
  for (auto place = query.seen.upper_bound(last); place != query.seen.end(); ++place) {
    link += "&seen=" + place->first + ':' + format_message_id(place->second);
  }
  return link + ">; rel=\"next\"";
}

}  // namespace

RoomsQuery rooms_query_of(const Request& request) {
  const Parameters parameters(request.query_string);
  RoomsQuery query;
  query.user = user_of(request);
  if (auto after = parameters.find("after"); after && !after->empty()) {
    validate_room(*after);
    query.after = std::move(*after);
  }
  if (const auto limit = parameters.find("limit")) {
    query.limit = static_cast<std::size_t>(
        parse_number("limit", *limit, 1, static_cast<int>(max_page_rooms)));
  }
  const std::vector<std::string> seen = parameters.find_all("seen");
  if (seen.size() > max_seen_rooms) {
    throw_invalid_argument("The parameter seen may be given " + std::to_string(max_seen_rooms) +
                           " times at most");
  }
  for (const std::string& place : seen) read_place(query, place);
  return query;
}

ResponsePtr rooms_response(const RoomsQuery& query, const RoomsPage& page) {
  auto response = std::make_shared<Response>();
  response->body = render_rooms(page.rooms);
  if (page.more) response->headers.emplace_back("Link", next_link(query, page.rooms.back().room));
  return response;
}

}  // namespace chat
