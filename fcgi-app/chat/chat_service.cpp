#include "chat/chat_service.hpp"

#include "domain/error.hpp"

namespace chat {
namespace {

[[noreturn]] void throw_database_unavailable(StoreTrouble trouble) {
  throw Error(ErrorCode::unavailable, std::string("Unavailable: ") + describe(trouble));
}

}  // namespace

Task<Message> ChatService::create_message(NewMessage message) {
  const AppendResult result = co_await appender_.append(message);
  switch (result.outcome) {
    case AppendResult::Outcome::stored:
    case AppendResult::Outcome::repeated:
      co_return Message{result.id, std::move(message.room), std::move(message.author),
                        std::move(message.body)};
    case AppendResult::Outcome::key_conflict:
      throw Error(ErrorCode::key_reused,
                  "Unprocessable: The Idempotency-Key was used before for another message");
    case AppendResult::Outcome::gone:
      throw Error(ErrorCode::gone,
                  "Gone: The message of this Idempotency-Key was deleted, and nothing was stored");
    case AppendResult::Outcome::rejected:
      throw Error(ErrorCode::internal, "Internal error: The message could not be stored");
    case AppendResult::Outcome::unavailable:
      break;
  }
  // A call that does not end is not a database out of reach.
  const bool stuck = appender_.trouble() == StoreTrouble::does_not_answer;
  throw_database_unavailable(stuck ? StoreTrouble::does_not_answer : result.trouble);
}

Task<PagePtr> ChatService::find_messages(const FindQuery& query, Client& client) {
  return feed_.find_messages(query, client);
}

Task<PagePtr> ChatService::find_messages_before(const FindQuery& query, const Client& client) {
  return feed_.find_messages_before(query, client);
}

std::optional<std::string> ChatService::trouble() const {
  if (auto reading = feed_.trouble()) return reading;
  const StoreTrouble trouble = appender_.trouble();
  if (trouble == StoreTrouble::none) return std::nullopt;
  return describe(trouble);
}

}  // namespace chat
