#include "postgres/postgres_search_store.hpp"

#include "postgres/array_literal.hpp"
#include "postgres/rows.hpp"

namespace chat {
namespace {

constexpr PreparedStatement statements[] = {
    {"take_search_turn", "SELECT chat.take_search_turn()"},
    {"find_unindexed",
     "SELECT id, room, author, body, nullif(found_at, id), deleted, false, begins_after, found_at"
     " FROM chat.find_unindexed($1::integer)"},
    {"index_messages", "SELECT chat.index_messages($1::uuid, $2::uuid, $3::uuid[], $4::text[])"},
};

}  // namespace

PostgresSearchStore::PostgresSearchStore(std::string conninfo)
    : session_(std::move(conninfo), statements) {}

bool PostgresSearchStore::take_turn() {
  return session_
      .execute([](pqxx::nontransaction& session) {
        return session.exec_prepared("take_search_turn");
      })[0][0]
      .as<bool>();
}

Unindexed PostgresSearchStore::find_unindexed(std::size_t at_most) {
  const pqxx::result rows = session_.execute([at_most](pqxx::nontransaction& session) {
    return session.exec_prepared("find_unindexed", at_most);
  });
  Unindexed found;
  if (rows.empty()) return found;
  found.messages = messages_of(rows);
  found.begins_after = id_of(rows[0][message_columns]);
  found.ends_at = id_of(rows[rows.size() - 1][message_columns + 1]);
  return found;
}

void PostgresSearchStore::index(const Unindexed& messages,
                                const std::vector<std::vector<std::string>>& tokens) {
  ArrayLiteral ids;
  ArrayLiteral lists;
  for (std::size_t i = 0; i < messages.messages.size(); ++i) {
    const Message& message = *messages.messages[i];
    ids.push_back(format_message_id(message.id));
    ArrayLiteral list;
    for (const std::string& token : tokens.at(i)) list.push_back(token);
    lists.push_back(message.deleted ? std::optional<std::string>() : list.text());
  }
  session_.execute([&](pqxx::nontransaction& session) {
    return session.exec_prepared("index_messages", format_message_id(messages.begins_after),
                                 format_message_id(messages.ends_at), ids.text(), lists.text());
  });
}

}  // namespace chat
