// The product in its verbs. Everything that makes them cheap lies behind the parts they call.
#pragma once

#include <optional>
#include <string>

#include "chat/message_appender.hpp"
#include "feed/feed.hpp"

namespace chat {

// Only on the loop's thread.
class ChatService {
 public:
  ChatService(Feed& feed, MessageAppender& appender) : feed_(feed), appender_(appender) {}

  // Stores the message and returns it when that is durable; for a known key, the first message.
  // Throws Error.
  Task<Message> create_message(NewMessage message);

  // What is after the query's cursor, at once or when it comes; see Feed.
  Task<PagePtr> find_messages(const FindQuery& query, Client& client);
  Task<PagePtr> find_messages_before(const FindQuery& query, const Client& client);

  // Why this worker cannot read or store as it should, in a sentence without a full stop; empty
  // when it can.
  [[nodiscard]] std::optional<std::string> trouble() const;
  [[nodiscard]] bool healthy() const { return !trouble(); }

 private:
  Feed& feed_;
  MessageAppender& appender_;
};

}  // namespace chat
