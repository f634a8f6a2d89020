// The product in its verbs. Everything that makes them cheap lies behind the parts they call.
#pragma once

#include <optional>
#include <string>

#include "chat/message_writer.hpp"
#include "feed/feed.hpp"

namespace chat {

// Only on the loop's thread.
class ChatService {
 public:
  ChatService(Feed& feed, MessageWriter& writer) : feed_(feed), writer_(writer) {}

  // Stores the message and returns it when that is durable; for a known key, the first message.
  // Throws Error.
  Task<Message> create_message(NewMessage message);

  // Edits or deletes the message, and returns when that is durable; for a known key, nothing is
  // done again. Null: it was deleted, and is forgotten by now. Throws Error.
  Task<MessagePtr> change_message(MessageChange change);

  // Throws Error(not_found), also when it was deleted.
  Task<MessagePtr> find_message(MessageId id, const Client& client);

  // What is after the query's cursor, at once or when it comes; see Feed.
  Task<PagePtr> find_messages(const FindQuery& query, Client& client);
  Task<PagePtr> present();
  Task<PagePtr> search(const FindQuery& query, const Client& client);
  Task<RoomsPagePtr> find_rooms(const RoomsQuery& query, const Client& client);
  Task<PagePtr> find_messages_before(const FindQuery& query, const Client& client);

  // Why this worker cannot read or store as it should, in a sentence without a full stop; empty
  // when it can.
  [[nodiscard]] std::optional<std::string> trouble() const;
  [[nodiscard]] bool healthy() const { return !trouble(); }

 private:
  Feed& feed_;
  [[noreturn]] void throw_unavailable(StoreTrouble trouble) const;

  MessageWriter& writer_;
};

}  // namespace chat
