// An answer. Immutable once it is shared: thousands of polls may be given the same one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/outlet.hpp"

namespace chat {

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  // beside the type, length and caching
  std::string_view content_type = "application/json";        // a literal
  std::string body;
  // Of a stream, which has no body: sends what there is to be sent until its end. The outlet is
  // there until then.
  std::function<Task<void>(Outlet&)> stream{};
  // The bytes on the wire, filled by the connection that sends the response first, so that it is
  // encoded once for all who share it. Only on the loop's thread.
  mutable std::shared_ptr<const std::string> wire{};
};

// Null: there is nobody left to answer.
using ResponsePtr = std::shared_ptr<const Response>;

}  // namespace chat
