// A whole POST: its headers, the name of the user, and the body.
#include "fuzz/expectations.hpp"
#include "fuzz/fields.hpp"
#include "http/message_write.hpp"

namespace chat::fuzz {
namespace {

bool is_key(std::string_view key) {
  for (const char c : key) {
    if (c < '!' || c > '~') return false;
  }
  return !key.empty() && key.size() <= 64;
}

void examine_key(const std::string& key, const Request& request) {
  if (request.idempotency_key) {
    require(is_key(*request.idempotency_key), "a client's key is 1 to 64 visible characters");
    require(key == "client:" + *request.idempotency_key, "the client's key is the key");
  } else if (!request.request_id.empty()) {
    require(key == "request:" + request.request_id, "else nginx's request id is the key");
  } else {
    require(key.size() == 43 && key.rfind("worker:", 0) == 0, "else the key is new");
  }
}

void examine(std::string_view input) {
  Fields fields(input);
  Request request;
  request.content_type = fields.take();
  request.idempotency_key = fields.take_optional();
  request.remote_user = fields.take();
  request.request_id = fields.take();
  request.body = fields.rest();
  const auto message = accepted([&] { return new_message_of(request); });
  if (!message) return;

  require(message->body.size() <= 10'000 && is_utf8(message->body) &&
              message->body.find('\0') == std::string::npos,
          "a body is at most 10,000 bytes of UTF-8 without U+0000");
  require(is_room(message->room), "a room is as the contract says");
  require(!message->author || is_author(*message->author), "an author is as the contract says");
  require(request.remote_user.empty() || message->author == request.remote_user,
          "whom nginx authenticated is the author");
  examine_key(message->idempotency_key, request);
}

const Registration registration("post", examine);

}  // namespace
}  // namespace chat::fuzz
