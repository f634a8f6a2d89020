#include "http/message_write.hpp"

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include "domain/error.hpp"
#include "http/edit_key.hpp"
#include "http/entity_tag.hpp"
#include "http/header_value.hpp"
#include "http/json.hpp"

namespace chat {
namespace {

constexpr std::string_view path_of_messages = "/messages/";

void require_json(const Request& request) {
  const std::string_view type(request.content_type);
  if (equals_ignoring_case(trimmed(type.substr(0, type.find(';'))), "application/json")) return;
  throw Error(ErrorCode::unsupported_media_type,
              "Unsupported media type: The Content-Type of a message is application/json");
}

// Every write has a key before it is first done, so that it can be sent again: the client's, else
// nginx's request id, which stays the same when nginx sends the request to another worker. The
// prefix keeps a client from guessing its way into the other kind.
std::string idempotency_key_of(const Request& request) {
  if (request.idempotency_key) {
    validate_idempotency_key(*request.idempotency_key);
    return "client:" + *request.idempotency_key;
  }
  if (!request.request_id.empty()) return "request:" + request.request_id;
  return "worker:" + boost::uuids::to_string(boost::uuids::random_generator()());
}

MessageChange change_of(const Request& request) {
  MessageChange change;
  // The router has asked already.
  change.id = message_id_in_path(request.path).value_or(nil_message_id);
  change.user = user_of(request);
  change.edit_key = edit_key_of(request);
  change.if_match = if_match_of(request);
  change.idempotency_key = idempotency_key_of(request);
  change.request_id = request.request_id;
  return change;
}

}  // namespace

std::optional<MessageId> message_id_in_path(std::string_view path) {
  if (!path.starts_with(path_of_messages)) return std::nullopt;
  return parse_message_id(path.substr(path_of_messages.size()));
}

std::string user_of(const Request& request) {
  // The web server passes on whatever bytes its user file holds.
  if (!is_valid_utf8(request.remote_user)) {
    throw_invalid_argument("The name of the user is not valid Unicode");
  }
  return request.remote_user;
}

NewMessage new_message_of(const Request& request) {
  require_json(request);
  NewMessage message = parse_new_message(request.body);
  message.user = user_of(request);
  if (!message.user.empty()) message.author = message.user;
  validate_body(message.body);
  validate_room(message.room);
  if (message.author) validate_author(*message.author);
  message.edit_key = edit_key_of(request);
  message.idempotency_key = idempotency_key_of(request);
  message.request_id = request.request_id;
  return message;
}

MessageChange edit_of(const Request& request) {
  require_json(request);
  MessageChange change = change_of(request);
  change.body = parse_edited_body(request.body);
  validate_body(*change.body);
  return change;
}

MessageChange deletion_of(const Request& request) { return change_of(request); }

}  // namespace chat
