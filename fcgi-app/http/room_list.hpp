// The list of rooms: what is asked, and how it is answered.
#pragma once

#include "domain/room_list.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

namespace chat {

// Throws Error(invalid_argument).
RoomsQuery rooms_query_of(const Request& request);

ResponsePtr rooms_response(const RoomsQuery& query, const RoomsPage& page);

}  // namespace chat
