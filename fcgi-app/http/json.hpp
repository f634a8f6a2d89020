// JSON in and out. The only file that knows RapidJSON is json.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/message.hpp"
#include "domain/room_list.hpp"

namespace chat {

// Reads {"body": "...", "room"?, "author"?} into a message without a key; other members are
// ignored. Throws Error(invalid_argument); the limits of message.hpp are not checked here.
NewMessage parse_new_message(std::string_view json);

// Reads {"body": "..."} in the same way.
std::string parse_edited_body(std::string_view json);

// For text that does not come out of JSON.
bool is_valid_utf8(std::string_view text);

// What a reader is told of a message: one who does not know that messages change is told nothing
// that he could trip over.
enum class Fields { plain, with_changes };

std::string render_message(const Message& message, Fields fields = Fields::plain);
std::string render_messages(const std::vector<MessagePtr>& messages, Fields fields = Fields::plain);
// Where a reader goes on, for a stream's event.
std::string render_cursor(std::string_view after, std::string_view epoch);
std::string render_rooms(const std::vector<RoomSummary>& rooms);
std::string render_error(std::string_view sentence);
std::string render_health();

}  // namespace chat
