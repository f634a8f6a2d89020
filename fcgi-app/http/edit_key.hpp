// The secret that a sender who is nobody gives with a message, so that he can change it later.
#pragma once

#include <optional>

#include "domain/message.hpp"
#include "http/request.hpp"

namespace chat {

// SHA-256 of the header Chat-Edit-Key: the secret itself goes no further than this. Empty when
// there is none. Throws Error(invalid_argument).
std::optional<SecretDigest> edit_key_of(const Request& request);

}  // namespace chat
