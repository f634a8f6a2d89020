#include "http/handlers.hpp"

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include "domain/error.hpp"
#include "http/header_value.hpp"
#include "http/json.hpp"
#include "http/message_query.hpp"
#include "http/status_page.hpp"
#include "metrics/exposition.hpp"

namespace chat {
namespace {

Fields fields_for(const FindQuery& query) {
  return query.changes ? Fields::with_changes : Fields::plain;
}

bool is_json(std::string_view content_type) {
  return equals_ignoring_case(trimmed(content_type.substr(0, content_type.find(';'))),
                              "application/json");
}

// Every message has a key before it is first stored, so that it can be sent again: the client's,
// else nginx's request id, which stays the same when nginx sends the request to another worker. The
// prefix keeps a client from guessing its way into the other kind.
std::string idempotency_key_of(const Request& request) {
  if (request.idempotency_key) {
    validate_idempotency_key(*request.idempotency_key);
    return "client:" + *request.idempotency_key;
  }
  if (!request.request_id.empty()) return "request:" + request.request_id;
  return "worker:" + boost::uuids::to_string(boost::uuids::random_generator()());
}

// Rendered once for all who share the page. The link is the same for them too: pages are shared by
// what makes them.
ResponsePtr page_response(const FindQuery& query, const Page& page) {
  if (!page.rendering) {
    auto response = std::make_shared<Response>();
    response->body = render_messages(page.messages, fields_for(query));
    if (page.position) {
      response->headers.emplace_back("Chat-Position", format_message_id(*page.position));
    }
    if (page.epoch) response->headers.emplace_back("Chat-Epoch", *page.epoch);
    if (page.more) response->headers.emplace_back("Link", next_link(query, page));
    page.rendering = std::move(response);
  }
  return page.rendering;
}

// A wait that was taken from the Prefer header is acknowledged.
ResponsePtr acknowledged(const ResponsePtr& response, std::chrono::seconds wait) {
  auto copy = std::make_shared<Response>(*response);
  copy->wire.reset();
  copy->headers.emplace_back("Preference-Applied", "wait=" + std::to_string(wait.count()));
  return copy;
}

Task<ResponsePtr> store(ChatService& service, NewMessage message) {
  const Message stored = co_await service.create_message(std::move(message));
  auto response = std::make_shared<Response>();
  response->body = render_message(stored);
  co_return response;
}

Task<ResponsePtr> read(ChatService& service, FindQuery query, Client& client, bool acknowledge) {
  PagePtr page;
  if (query.before) {
    page = co_await service.find_messages_before(query, client);
  } else {
    page = co_await service.find_messages(query, client);
  }
  if (page == nullptr) co_return nullptr;
  ResponsePtr response = page_response(query, *page);
  co_return acknowledge ? acknowledged(response, query.timeout) : response;
}

}  // namespace

NewMessage new_message_of(const Request& request) {
  if (!is_json(request.content_type)) {
    throw Error(ErrorCode::unsupported_media_type,
                "Unsupported media type: The Content-Type of a message is application/json");
  }
  NewMessage message = parse_new_message(request.body);
  if (!request.remote_user.empty()) {
    // The web server passes on whatever bytes its user file holds.
    if (!is_valid_utf8(request.remote_user)) {
      throw_invalid_argument("The name of the user is not valid Unicode");
    }
    message.user = request.remote_user;
    message.author = request.remote_user;
  }
  validate_body(message.body);
  validate_room(message.room);
  if (message.author) validate_author(*message.author);
  message.idempotency_key = idempotency_key_of(request);
  message.request_id = request.request_id;
  return message;
}

// POST /messages
Task<ResponsePtr> Handlers::post_message(const Request& request, Client&) {
  return store(service_, new_message_of(request));
}

// GET and HEAD /messages
Task<ResponsePtr> Handlers::get_messages(const Request& request, Client& client) {
  return read(service_, find_query_of(request), client, wait_from_prefer(request).has_value());
}

// GET and HEAD /healthz
Task<ResponsePtr> Handlers::get_health(const Request&, Client&) {
  if (const auto trouble = service_.trouble()) {
    throw Error(ErrorCode::unavailable, "Unavailable: " + *trouble);
  }
  auto response = std::make_shared<Response>();
  response->body = render_health();
  return ready<ResponsePtr>(std::move(response));
}

// GET and HEAD /metrics
Task<ResponsePtr> Handlers::get_metrics(const Request&, Client&) {
  auto response = std::make_shared<Response>();
  response->content_type = exposition_content_type;
  response->body = render_exposition(*scoreboard_.read());
  return ready<ResponsePtr>(std::move(response));
}

// GET and HEAD /status
Task<ResponsePtr> Handlers::get_status(const Request&, Client&) {
  auto response = std::make_shared<Response>();
  response->content_type = status_page_content_type;
  response->body = render_status_page(*scoreboard_.read());
  return ready<ResponsePtr>(std::move(response));
}

}  // namespace chat
