// What each route does with its request.
//
// A handler is a plain function that reads all it needs of the request and returns the task that
// answers it: while a poll is parked its request is no longer in memory.
#pragma once

#include "chat/chat_service.hpp"
#include "http/request.hpp"
#include "http/response.hpp"
#include "metrics/scoreboard.hpp"

namespace chat {

// Only on the loop's thread. Every handler throws Error, at once or from its task.
class Handlers {
 public:
  Handlers(ChatService& service, const Scoreboard& scoreboard)
      : service_(service), scoreboard_(scoreboard) {}

  Task<ResponsePtr> post_message(const Request& request, Client& client);
  Task<ResponsePtr> get_messages(const Request& request, Client& client);
  Task<ResponsePtr> get_health(const Request& request, Client& client);
  Task<ResponsePtr> get_metrics(const Request& request, Client& client);
  Task<ResponsePtr> get_status(const Request& request, Client& client);

 private:
  ChatService& service_;
  const Scoreboard& scoreboard_;
};

// Reads a request; apart so that it can be tested and fuzzed alone.
NewMessage new_message_of(const Request& request);

}  // namespace chat
