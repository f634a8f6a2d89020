// What a POST, PATCH or DELETE asks to be written.
#pragma once

#include <optional>
#include <string_view>

#include "domain/message.hpp"
#include "http/request.hpp"

namespace chat {

// The message that a path such as /messages/018bcfe5-... names. Empty when it names none.
std::optional<MessageId> message_id_in_path(std::string_view path);

// Whom the web server vouches for; empty for nobody. Throws Error(invalid_argument).
std::string user_of(const Request& request);

// Each reads a request, and throws Error.
NewMessage new_message_of(const Request& request);
MessageChange edit_of(const Request& request);
MessageChange deletion_of(const Request& request);

}  // namespace chat
