// Rows as messages. The columns stand in one order everywhere: id, room, author, body, version,
// deleted, signed_in.
#pragma once

#include <memory>
#include <vector>

#include "domain/message.hpp"
#include "domain/store_error.hpp"
#include "postgres/pqxx.hpp"

namespace chat {

// Throws StoreUnavailable.
inline MessageId id_of(const pqxx::field& field) {
  const auto id = parse_message_id({field.c_str(), field.size()});
  if (!id) throw StoreUnavailable("the database answered an id that is no UUID");
  return *id;
}

inline constexpr int message_columns = 7;

template <class Row>
MessagePtr message_of(const Row& row) {
  auto message = std::make_shared<Message>();
  message->id = id_of(row[0]);
  message->room.assign(row[1].c_str(), row[1].size());
  if (!row[2].is_null()) message->author.emplace(row[2].c_str(), row[2].size());
  message->body.assign(row[3].c_str(), row[3].size());
  if (!row[4].is_null()) message->version = id_of(row[4]);
  message->deleted = row[5].template as<bool>();
  message->signed_in = row[6].template as<bool>();
  return message;
}

// All rows but the first `skipped`.
inline std::vector<MessagePtr> messages_of(const pqxx::result& rows, int skipped = 0) {
  std::vector<MessagePtr> messages;
  messages.reserve(static_cast<std::size_t>(rows.size() - skipped));
  for (auto it = rows.begin() + skipped; it != rows.end(); ++it) {
    messages.push_back(message_of(*it));
  }
  return messages;
}

}  // namespace chat
