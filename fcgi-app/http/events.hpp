// Server-sent events (the HTML standard, 9.2) as text.
#pragma once

#include <chrono>
#include <string>

#include "domain/find_query.hpp"
#include "domain/page.hpp"
#include "http/outlet.hpp"
#include "http/request.hpp"

namespace chat {

inline constexpr const char* event_stream_type = "text/event-stream";

// Whether the client asks for a stream: its Accept names the type, and does not refuse it.
bool accepts_events(const Request& request);

// A page's messages, an event each; of an empty page a `cursor` event. Made once for all who share
// the page.
PiecePtr events_of(const FindQuery& query, const Page& page);

// Tells no message, but from where a reader goes on.
PiecePtr cursor_event(const MessageId& position, const std::string& epoch);

// How long a client waits before it comes back.
PiecePtr retry_field(std::chrono::milliseconds pause);

// What no client looks at.
PiecePtr comment(const std::string& text);

}  // namespace chat
