#include "postgres/postgres_search_store.hpp"

#include "postgres/array_literal.hpp"
#include "postgres/rows.hpp"

namespace chat {
namespace {

constexpr PreparedStatement statements[] = {
    {"take_search_turn", "SELECT chat.take_search_turn()"},
    {"search_behind", "SELECT floor(extract(epoch FROM chat.search_behind()) * 1000)::bigint"},
    {"find_unindexed",
     "SELECT id, room, author, body, nullif(found_at, id), deleted, false, begins_after, found_at"
     " FROM chat.find_unindexed($1::integer)"},
    {"find_changed_by_hand",
     "SELECT id, room, author, body, NULL, deleted, false, ordinal"
     " FROM chat.find_changed_by_hand($1::integer)"},
    {"index_messages", "SELECT chat.index_messages($1::uuid, $2::uuid, $3::uuid[], $4::text[])"},
    {"index_again", "SELECT chat.index_again($1::bigint[], $2::uuid[], $3::text[])"},
};

std::string array_of_ids(const std::vector<MessagePtr>& messages) {
  ArrayLiteral ids;
  for (const MessagePtr& message : messages) ids.push_back(format_message_id(message->id));
  return ids.text();
}

// Of each message its tokens as the text of an array, or null when it is deleted.
std::string array_of_lists(const std::vector<MessagePtr>& messages, const TokenLists& tokens) {
  ArrayLiteral lists;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    ArrayLiteral list;
    for (const std::string& token : tokens.at(i)) list.push_back(token);
    lists.push_back(messages[i]->deleted ? std::optional<std::string>() : list.text());
  }
  return lists.text();
}

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

std::chrono::milliseconds PostgresSearchStore::behind() {
  const pqxx::result rows = session_.execute(
      [](pqxx::nontransaction& session) { return session.exec_prepared("search_behind"); });
  return std::chrono::milliseconds{rows[0][0].as<std::int64_t>()};
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

ChangedByHand PostgresSearchStore::find_changed_by_hand(std::size_t at_most) {
  const pqxx::result rows = session_.execute([at_most](pqxx::nontransaction& session) {
    return session.exec_prepared("find_changed_by_hand", at_most);
  });
  ChangedByHand found;
  found.messages = messages_of(rows);
  for (const auto& row : rows) found.ordinals.push_back(row[message_columns].as<std::int64_t>());
  return found;
}

void PostgresSearchStore::index(const Unindexed& found, const TokenLists& tokens) {
  session_.execute([&](pqxx::nontransaction& session) {
    return session.exec_prepared("index_messages", format_message_id(found.begins_after),
                                 format_message_id(found.ends_at), array_of_ids(found.messages),
                                 array_of_lists(found.messages, tokens));
  });
}

void PostgresSearchStore::index(const ChangedByHand& found, const TokenLists& tokens) {
  ArrayLiteral ordinals;
  for (const std::int64_t ordinal : found.ordinals) ordinals.push_back(std::to_string(ordinal));
  session_.execute([&](pqxx::nontransaction& session) {
    return session.exec_prepared("index_again", ordinals.text(), array_of_ids(found.messages),
                                 array_of_lists(found.messages, tokens));
  });
}

}  // namespace chat
