// The one error type. A handler, the service or a limit throws it; http/error_response.cpp is the
// one place that maps it to a status.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace chat {

enum class ErrorCode {
  invalid_argument,
  not_found,
  method_not_allowed,
  too_large,
  unsupported_media_type,
  forbidden,
  precondition_failed,
  key_reused,
  gone,
  unavailable,  // what the request needs is out of reach
  overloaded,   // a limit of this worker; the same status, and nothing is broken
  internal,
};

// `what()` is the plain sentence that the client reads; it never holds a detail of the database.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& sentence) : std::runtime_error(sentence), code_(code) {}

  [[nodiscard]] ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

[[noreturn]] inline void throw_invalid_argument(const std::string& reason) {
  throw Error(ErrorCode::invalid_argument, "Invalid argument: " + reason);
}

}  // namespace chat
