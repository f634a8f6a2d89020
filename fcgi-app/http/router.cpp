#include "http/router.hpp"

#include <string_view>

#include "chat/error.hpp"
#include "http/error_response.hpp"

namespace chat {
namespace {

struct Route {
  std::string_view method;
  std::string_view path;
  Task<ResponsePtr> (Handlers::*handler)(const Request&, Client&);
};

constexpr Route routes[] = {
    {"POST", "/messages", &Handlers::post_message},  // say something
    {"GET", "/messages", &Handlers::get_messages},   // read, and wait for what comes
    {"GET", "/healthz", &Handlers::get_health},      // for the operator, from this host alone
};

std::string methods_of(std::string_view path) {
  std::string methods;
  for (const Route& route : routes) {
    if (route.path != path) continue;
    if (!methods.empty()) methods += ", ";
    methods += route.method;
  }
  return methods;
}

}  // namespace

Task<ResponsePtr> Router::respond(const Request& request, Client& client) {
  for (const Route& route : routes) {
    if (route.method == request.method && route.path == request.path) {
      return (handlers_.*route.handler)(request, client);
    }
  }
  const std::string allow = methods_of(request.path);
  if (allow.empty()) throw Error(ErrorCode::not_found, "Not found: Route not found");
  return ready(method_not_allowed_response(allow));
}

}  // namespace chat
