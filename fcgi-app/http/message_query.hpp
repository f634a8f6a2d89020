// The question in a GET /messages, and the address of the next one.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "domain/find_query.hpp"
#include "domain/page.hpp"
#include "http/message_streams.hpp"
#include "http/request.hpp"

namespace chat {

// Throws Error(invalid_argument).
FindQuery find_query_of(const Request& request);

// The same for a stream. Throws Error(invalid_argument).
StreamQuery stream_query_of(const Request& request);

// The seconds to wait that the Prefer header asks for. Nothing where a parameter says it, and for
// who never waits: a page on the way back, and HEAD.
std::optional<std::chrono::seconds> wait_from_prefer(const Request& request);

// A Link to the page that comes after this one, in the direction that was asked for. Relative, so
// that it holds below any path. The page has messages, or says how far was searched.
std::string next_link(const FindQuery& query, const Page& page);

}  // namespace chat
