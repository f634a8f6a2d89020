#include "http/handlers.hpp"

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include "domain/error.hpp"
#include "http/header_value.hpp"
#include "http/json.hpp"
#include "http/parameters.hpp"
#include "http/prefer.hpp"
#include "http/status_page.hpp"
#include "metrics/exposition.hpp"

namespace chat {
namespace {

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

MessageId parse_cursor(const char* name, const std::string& text) {
  const auto id = parse_message_id(text);
  if (!id) throw_invalid_argument(std::string("The parameter ") + name + " is not a UUID");
  return *id;
}

// The page that comes after this one, in the direction that was asked for. Relative, so that it
// holds below any path.
std::string next_link(const FindQuery& query, const Page& page) {
  const std::string cursor = query.before ? "before=" + format_message_id(page.messages.front()->id)
                                          : "after=" + format_message_id(page.messages.back()->id);
  return "<messages?" + cursor + "&room=" + query.room + "&limit=" + std::to_string(query.limit) +
         ">; rel=\"next\"";
}

// Rendered once for all who share the page. The link is the same for them too: pages are shared by
// room, cursor and limit.
ResponsePtr page_response(const FindQuery& query, const Page& page) {
  if (!page.rendering) {
    auto response = std::make_shared<Response>();
    response->body = render_messages(page.messages);
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

// Nothing where the parameter says it, and for who never waits: a page on the way back, and HEAD.
std::optional<std::chrono::seconds> wait_from_prefer(const Request& request) {
  if (!request.prefer || is_head(request)) return std::nullopt;
  const Parameters parameters(request.query_string);
  if (parameters.find("timeout") || parameters.find("before")) return std::nullopt;
  return preferred_wait(*request.prefer);
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

FindQuery find_query_of(const Request& request) {
  const Parameters parameters(request.query_string);
  FindQuery query;
  if (auto room = parameters.find("room")) query.room = *room;
  validate_room(query.room);
  const auto after = parameters.find("after");
  const auto before = parameters.find("before");
  if (after && before) throw_invalid_argument("Give after or before, not both");
  if (after) query.after = parse_cursor("after", *after);
  if (before) query.before = parse_cursor("before", *before);
  if (const auto limit = parameters.find("limit")) {
    query.limit = static_cast<std::size_t>(
        parse_number("limit", *limit, 1, static_cast<int>(max_page_messages)));
  }
  if (const auto timeout = parameters.find("timeout")) {
    query.timeout = std::chrono::seconds{
        parse_number("timeout", *timeout, 0, static_cast<int>(max_poll_timeout.count()))};
  } else if (const auto wait = wait_from_prefer(request)) {
    query.timeout = std::min(*wait, max_poll_timeout);
  }
  if (is_head(request)) query.timeout = std::chrono::seconds{0};
  return query;
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
