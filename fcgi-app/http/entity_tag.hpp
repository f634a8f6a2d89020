// A message's position as an entity tag (RFC 9110, 8.8.3), and what a client asks to match.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/message.hpp"
#include "http/request.hpp"

namespace chat {

std::string entity_tag_of(const Message& message);

// The positions of the header If-Match. Empty when there is none, or `*`: whatever there is
// matches. A tag that is no position is one that no message has. Weak tags count as strong ones,
// for what comes between may have weakened them. Throws Error(invalid_argument).
std::optional<std::vector<MessageId>> if_match_of(const Request& request);

}  // namespace chat
