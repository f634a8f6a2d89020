#include "http/router.hpp"

#include <string_view>

#include "domain/error.hpp"
#include "http/error_response.hpp"

namespace chat {
namespace {

struct Route {
  RouteLabel label;
  std::string_view method;
  std::string_view path;
  Task<ResponsePtr> (Handlers::*handler)(const Request&, Client&);
};

constexpr Route routes[] = {
    // Say something; read, and wait for what comes.
    {RouteLabel::post_messages, "POST", "/messages", &Handlers::post_message},
    {RouteLabel::get_messages, "GET", "/messages", &Handlers::get_messages},
    // For the operator, from this host alone.
    {RouteLabel::get_healthz, "GET", "/healthz", &Handlers::get_health},
    {RouteLabel::get_metrics, "GET", "/metrics", &Handlers::get_metrics},
    {RouteLabel::get_status, "GET", "/status", &Handlers::get_status},
};

// HEAD is a GET: the handler does not make it wait, and the connection sends no body.
const Route* find_route(const Request& request) {
  const std::string_view method = is_head(request) ? "GET" : std::string_view(request.method);
  for (const Route& route : routes) {
    if (route.method == method && route.path == request.path) return &route;
  }
  return nullptr;
}

std::string methods_of(std::string_view path) {
  std::string methods;
  for (const Route& route : routes) {
    if (route.path != path) continue;
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
  const std::string allow = methods_of(request.path);
  if (allow.empty()) throw Error(ErrorCode::not_found, "Not found: Route not found");
  return ready(method_not_allowed_response(allow));
}

}  // namespace chat
