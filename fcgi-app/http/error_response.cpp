#include "http/error_response.hpp"

#include "http/json.hpp"

namespace chat {

int http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
      return 400;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::forbidden:
      return 403;
    case ErrorCode::method_not_allowed:
      return 405;
    case ErrorCode::too_large:
      return 413;
    case ErrorCode::unsupported_media_type:
      return 415;
    case ErrorCode::gone:
      return 410;
    case ErrorCode::precondition_failed:
      return 412;
    case ErrorCode::key_reused:
      return 422;
    case ErrorCode::unavailable:
    case ErrorCode::overloaded:
      return 503;
    case ErrorCode::internal:
      break;
  }
  return 500;
}

ResponsePtr error_response(const Error& error) {
  auto response = std::make_shared<Response>();
  response->status = http_status(error.code());
  if (response->status == 503) response->headers.emplace_back("Retry-After", "1");
  response->body = render_error(error.what());
  return response;
}

ResponsePtr method_not_allowed_response(const std::string& allow) {
  const Error error(ErrorCode::method_not_allowed, "Invalid argument: Method not allowed");
  auto response = std::make_shared<Response>(*error_response(error));
  response->headers.emplace_back("Allow", allow);
  return response;
}

}  // namespace chat
