// What each route does with its request.
//
// A handler is a plain function that reads all it needs of the request and returns the task that
// answers it: while a poll is parked its request is no longer in memory.
#pragma once

#include "chat/chat_service.hpp"
#include "http/message_streams.hpp"
#include "http/request.hpp"
#include "http/response.hpp"
#include "metrics/scoreboard.hpp"

namespace chat {

// Only on the loop's thread. Every handler throws Error, at once or from its task.
class Handlers {
 public:
  Handlers(ChatService& service, MessageStreams& streams, const Scoreboard& scoreboard)
      : service_(service), streams_(streams), scoreboard_(scoreboard) {}

  Task<ResponsePtr> post_message(const Request& request, Client& client);
  Task<ResponsePtr> get_messages(const Request& request, Client& client);
  Task<ResponsePtr> stream_messages(const Request& request, Client& client);
  Task<ResponsePtr> get_rooms(const Request& request, Client& client);
  Task<ResponsePtr> get_message(const Request& request, Client& client);
  Task<ResponsePtr> patch_message(const Request& request, Client& client);
  Task<ResponsePtr> delete_message(const Request& request, Client& client);
  Task<ResponsePtr> get_health(const Request& request, Client& client);
  Task<ResponsePtr> get_metrics(const Request& request, Client& client);
  Task<ResponsePtr> get_status(const Request& request, Client& client);

 private:
  ChatService& service_;
  MessageStreams& streams_;
  const Scoreboard& scoreboard_;
};

}  // namespace chat
