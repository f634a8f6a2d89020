// Finds the handler of a request.
#pragma once

#include "http/handlers.hpp"
#include "metrics/worker_metrics.hpp"

namespace chat {

// Only on the loop's thread.
class Router {
 public:
  explicit Router(Handlers& handlers) : handlers_(handlers) {}

  // Reads the request before it returns, so that the caller may drop it while the task waits.
  // Throws Error, at once or from the task.
  Task<ResponsePtr> respond(const Request& request, Client& client);

  // Under what the answer is counted.
  static RouteLabel label_of(const Request& request);

 private:
  Handlers& handlers_;
};

}  // namespace chat
