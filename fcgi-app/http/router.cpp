#include "http/router.hpp"

#include <string_view>

#include "domain/error.hpp"
#include "http/error_response.hpp"
#include "http/events.hpp"
#include "http/message_write.hpp"

namespace chat {
namespace {

struct Route {
  RouteLabel label;
  std::string_view method;
  std::string_view path;
  Task<ResponsePtr> (Handlers::*handler)(const Request&, Client&);
  bool is_stream = false;  // for who accepts events; stands before the same without
};

constexpr Route routes[] = {
    // Say something; read, and wait for what comes.
    {RouteLabel::post_messages, "POST", "/messages", &Handlers::post_message},
    {RouteLabel::stream_messages, "GET", "/messages", &Handlers::stream_messages, true},
    {RouteLabel::get_messages, "GET", "/messages", &Handlers::get_messages},
    // Where something was said, and how much of it is new.
    {RouteLabel::get_rooms, "GET", "/rooms", &Handlers::get_rooms},
    // One message: read it, change it, take it back.
    {RouteLabel::get_message, "GET", "/messages/{id}", &Handlers::get_message},
    {RouteLabel::patch_message, "PATCH", "/messages/{id}", &Handlers::patch_message},
    {RouteLabel::delete_message, "DELETE", "/messages/{id}", &Handlers::delete_message},
    // For the operator, from this host alone.
    {RouteLabel::get_healthz, "GET", "/healthz", &Handlers::get_health},
    {RouteLabel::get_metrics, "GET", "/metrics", &Handlers::get_metrics},
    {RouteLabel::get_status, "GET", "/status", &Handlers::get_status},
};

// As the table writes it. A path that names no message is another path.
std::string_view path_in_table(std::string_view path) {
  return message_id_in_path(path) ? "/messages/{id}" : path;
}

// HEAD is a GET: the handler does not make it wait, and the connection sends no body.
const Route* find_route(const Request& request) {
  const std::string_view method = is_head(request) ? "GET" : std::string_view(request.method);
  const std::string_view path = path_in_table(request.path);
  for (const Route& route : routes) {
    const bool suits = !route.is_stream || accepts_events(request);
    if (route.method == method && route.path == path && suits) return &route;
  }
  return nullptr;
}

std::string methods_of(std::string_view path) {
  std::string methods;
  for (const Route& route : routes) {
    if (route.path != path || route.is_stream) continue;
    if (!methods.empty()) methods += ", ";
    methods += route.method;
    if (route.method == "GET") methods += ", HEAD";
  }
  return methods;
}

}  // namespace

RouteLabel Router::label_of(const Request& request) {
  const Route* const route = find_route(request);
  return route == nullptr ? RouteLabel::other : route->label;
}

Task<ResponsePtr> Router::respond(const Request& request, Client& client) {
  if (const Route* const route = find_route(request)) {
    return (handlers_.*route->handler)(request, client);
  }
  const std::string allow = methods_of(path_in_table(request.path));
  if (allow.empty()) throw Error(ErrorCode::not_found, "Not found: Route not found");
  return ready(method_not_allowed_response(allow));
}

}  // namespace chat
