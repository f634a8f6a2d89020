#include "http/handlers.hpp"

#include "domain/error.hpp"
#include "http/entity_tag.hpp"
#include "http/json.hpp"
#include "http/message_query.hpp"
#include "http/message_write.hpp"
#include "http/room_list.hpp"
#include "http/status_page.hpp"
#include "metrics/exposition.hpp"

namespace chat {
namespace {

Fields fields_for(const FindQuery& query) {
  return query.changes ? Fields::with_changes : Fields::plain;
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
ResponsePtr acknowledged(const ResponsePtr& response, std::chrono::milliseconds wait) {
  auto copy = std::make_shared<Response>(*response);
  copy->wire.reset();
  copy->headers.emplace_back("Preference-Applied",
                             "wait=" + std::to_string(wait / std::chrono::seconds{1}));
  return copy;
}

ResponsePtr message_response(const Message& message, Fields fields) {
  auto response = std::make_shared<Response>();
  response->headers.emplace_back("ETag", entity_tag_of(message));
  response->body = render_message(message, fields);
  return response;
}

Task<ResponsePtr> store(ChatService& service, NewMessage message) {
  const Message stored = co_await service.create_message(std::move(message));
  co_return message_response(stored, Fields::plain);
}

Task<ResponsePtr> edit(ChatService& service, MessageChange change) {
  const MessagePtr edited = co_await service.change_message(std::move(change));
  co_return message_response(*edited, Fields::with_changes);
}

Task<ResponsePtr> erase(ChatService& service, MessageChange change) {
  co_await service.change_message(std::move(change));
  auto response = std::make_shared<Response>();
  response->status = 204;
  co_return response;
}

Task<ResponsePtr> read_one(ChatService& service, MessageId id, Client& client) {
  const MessagePtr message = co_await service.find_message(id, client);
  co_return message_response(*message, Fields::with_changes);
}

Task<ResponsePtr> read(ChatService& service, FindQuery query, Client& client, bool acknowledge) {
  PagePtr page;
  if (query.search) {
    page = co_await service.search(query, client);
  } else if (query.before) {
    page = co_await service.find_messages_before(query, client);
  } else {
    page = co_await service.find_messages(query, client);
  }
  if (page == nullptr) co_return nullptr;
  ResponsePtr response = page_response(query, *page);
  co_return acknowledge ? acknowledged(response, query.timeout) : response;
}

Task<ResponsePtr> list_rooms(ChatService& service, RoomsQuery query, Client& client) {
  const RoomsPagePtr page = co_await service.find_rooms(query, client);
  co_return rooms_response(query, *page);
}

}  // namespace

// POST /messages
Task<ResponsePtr> Handlers::post_message(const Request& request, Client&) {
  return store(service_, new_message_of(request));
}

// GET and HEAD /messages
Task<ResponsePtr> Handlers::get_messages(const Request& request, Client& client) {
  return read(service_, find_query_of(request), client, wait_from_prefer(request).has_value());
}

// GET and HEAD /messages, as a stream of events
Task<ResponsePtr> Handlers::stream_messages(const Request& request, Client& client) {
  return ready(streams_.open(stream_query_of(request), client));
}

// GET and HEAD /rooms
Task<ResponsePtr> Handlers::get_rooms(const Request& request, Client& client) {
  return list_rooms(service_, rooms_query_of(request), client);
}

// GET and HEAD /messages/{id}
Task<ResponsePtr> Handlers::get_message(const Request& request, Client& client) {
  return read_one(service_, message_id_in_path(request.path).value_or(nil_message_id), client);
}

// PATCH /messages/{id}
Task<ResponsePtr> Handlers::patch_message(const Request& request, Client&) {
  return edit(service_, edit_of(request));
}

// DELETE /messages/{id}
Task<ResponsePtr> Handlers::delete_message(const Request& request, Client&) {
  return erase(service_, deletion_of(request));
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
