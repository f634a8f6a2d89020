#include "chat/chat_service.hpp"

#include "domain/error.hpp"

namespace chat {
namespace {

[[noreturn]] void throw_not_found() {
  throw Error(ErrorCode::not_found, "Not found: There is no such message");
}

// What each outcome that is no success is for the client.
[[noreturn]] void throw_refused(WriteResult::Outcome outcome) {
  switch (outcome) {
    case WriteResult::Outcome::key_conflict:
      throw Error(ErrorCode::key_reused,
                  "Unprocessable: The Idempotency-Key was used before for another message");
    case WriteResult::Outcome::gone:
      throw Error(ErrorCode::gone,
                  "Gone: The message of this Idempotency-Key was deleted, and nothing was stored");
    case WriteResult::Outcome::not_found:
      throw_not_found();
    case WriteResult::Outcome::forbidden:
      throw Error(ErrorCode::forbidden,
                  "Permission denied: Only whoever wrote a message may change it");
    case WriteResult::Outcome::mismatch:
      throw Error(ErrorCode::precondition_failed,
                  "Precondition failed: The message has changed in the meantime");
    case WriteResult::Outcome::locked:
      throw Error(ErrorCode::unavailable,
                  "Unavailable: The message is locked in the database; try again");
    default:
      throw Error(ErrorCode::internal, "Internal error: The message could not be stored");
  }
}

}  // namespace

Task<Message> ChatService::create_message(NewMessage message) {
  const WriteResult result = co_await writer_.append(message);
  switch (result.outcome) {
    case WriteResult::Outcome::done:
      co_return Message{result.id, std::move(message.room), std::move(message.author),
                        std::move(message.body)};
    case WriteResult::Outcome::repeated:
      co_return *result.now;
    case WriteResult::Outcome::unavailable:
      throw_unavailable(result.trouble);
    default:
      throw_refused(result.outcome);
  }
}

Task<MessagePtr> ChatService::change_message(MessageChange change) {
  const WriteResult result = co_await writer_.change(std::move(change));
  switch (result.outcome) {
    case WriteResult::Outcome::done:
    case WriteResult::Outcome::unchanged:
    case WriteResult::Outcome::repeated:
      co_return result.now;
    case WriteResult::Outcome::unavailable:
      throw_unavailable(result.trouble);
    default:
      throw_refused(result.outcome);
  }
}

// The last page that ends with it is one message long: as fresh as any page, and from memory where
// that reaches.
Task<MessagePtr> ChatService::find_message(MessageId id, const Client& client) {
  if (id == max_message_id) throw_not_found();
  FindQuery query;
  query.rooms = RoomSet::all();
  query.changes = true;
  query.before = next_of(id);
  query.limit = 1;
  const PagePtr page = co_await feed_.find_messages_before(query, client);
  if (page->messages.empty()) throw_not_found();
  MessagePtr message = page->messages.back();
  if (message->id != id || message->deleted) throw_not_found();
  co_return message;
}

void ChatService::throw_unavailable(StoreTrouble trouble) const {
  // A call that does not end is not a database out of reach.
  if (writer_.trouble() == StoreTrouble::does_not_answer) trouble = StoreTrouble::does_not_answer;
  throw Error(ErrorCode::unavailable, std::string("Unavailable: ") + describe(trouble));
}

Task<PagePtr> ChatService::find_messages(const FindQuery& query, Client& client) {
  return feed_.find_messages(query, client);
}

Task<PagePtr> ChatService::search(const FindQuery& query, const Client& client) {
  return feed_.search(query, client);
}

Task<RoomsPagePtr> ChatService::find_rooms(const RoomsQuery& query, const Client& client) {
  return feed_.find_rooms(query, client);
}

Task<PagePtr> ChatService::present() { return feed_.present(); }

Task<PagePtr> ChatService::find_messages_before(const FindQuery& query, const Client& client) {
  return feed_.find_messages_before(query, client);
}

std::optional<std::string> ChatService::trouble() const {
  if (auto reading = feed_.trouble()) return reading;
  const StoreTrouble trouble = writer_.trouble();
  if (trouble == StoreTrouble::none) return std::nullopt;
  return describe(trouble);
}

}  // namespace chat
