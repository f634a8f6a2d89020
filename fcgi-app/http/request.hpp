// A whole HTTP request as the web server passed it on.
#pragma once

#include <optional>
#include <string>

namespace chat {

struct Request {
  std::string method;
  std::string path;
  std::string query_string;
  std::string content_type;
  std::string remote_user;  // whom the web server authenticated; empty for nobody
  std::string request_id;   // nginx's $request_id; the same when nginx sends the request again
  std::optional<std::string> accept;
  std::optional<std::string> last_event_id;
  std::optional<std::string> prefer;
  std::optional<std::string> idempotency_key;
  std::optional<std::string> edit_key;
  std::optional<std::string> if_match;
  std::string body;
};

// Asks for what a GET would be answered without waiting, and for all of it but the body.
inline bool is_head(const Request& request) { return request.method == "HEAD"; }

}  // namespace chat
