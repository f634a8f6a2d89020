// Errors as the client sees them: always {"error": "<one plain sentence>"}.
#pragma once

#include "domain/error.hpp"
#include "http/response.hpp"

namespace chat {

// The one map from an error to a status.
int http_status(ErrorCode code);

ResponsePtr error_response(const Error& error);

// With an Allow header that names what the path takes.
ResponsePtr method_not_allowed_response(const std::string& allow);

}  // namespace chat
