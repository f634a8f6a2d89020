#include "postgres/postgres_write_store.hpp"

#include <string_view>

#include "postgres/array_literal.hpp"
#include "postgres/rows.hpp"

namespace chat {
namespace {

// In autocommit: chat.append must never be wrapped in BEGIN, since its lock would be held while the
// client thinks.
constexpr PreparedStatement statements[] = {
    {"append",
     "SELECT ordinal, id, outcome"
     " FROM chat.append($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])"},
    {"probe", "SELECT chat.probe($1::boolean)"},
    {"forget_keys", "SELECT chat.forget_keys(at_most => $1::integer)"},
};

AppendResult::Outcome outcome_of(std::string_view text) {
  if (text == "stored") return AppendResult::Outcome::stored;
  if (text == "repeated") return AppendResult::Outcome::repeated;
  if (text == "conflict") return AppendResult::Outcome::key_conflict;
  if (text == "gone") return AppendResult::Outcome::gone;
  throw StoreUnavailable("chat.append answered an outcome that is not known");
}

}  // namespace

PostgresWriteStore::PostgresWriteStore(std::string conninfo)
    : session_(std::move(conninfo), statements) {}

std::vector<AppendResult> PostgresWriteStore::append(const std::vector<NewMessage>& batch) {
  ArrayLiteral bodies;
  ArrayLiteral rooms;
  ArrayLiteral authors;
  ArrayLiteral users;
  ArrayLiteral keys;
  for (const NewMessage& message : batch) {
    bodies.push_back(message.body);
    rooms.push_back(message.room);
    authors.push_back(message.author);
    users.push_back(message.user);
    keys.push_back(message.idempotency_key);
  }
  const pqxx::result rows = session_.execute([&](pqxx::nontransaction& session) {
    return session.exec_prepared("append", bodies.text(), rooms.text(), authors.text(),
                                 users.text(), keys.text());
  });
  if (static_cast<std::size_t>(rows.size()) != batch.size()) {
    throw StoreUnavailable("chat.append answered another number of messages than it was given");
  }
  std::vector<AppendResult> results(batch.size());
  for (const auto& row : rows) {
    const auto ordinal = row[0].as<std::size_t>();
    const AppendResult::Outcome outcome = outcome_of(row[2].c_str());
    results.at(ordinal - 1) = {outcome, row[1].is_null() ? nil_message_id : id_of(row[1]),
                               StoreTrouble::none};
  }
  return results;
}

void PostgresWriteStore::probe(bool thorough) {
  session_.execute([thorough](pqxx::nontransaction& session) {
    return session.exec_prepared("probe", thorough);
  });
}

std::size_t PostgresWriteStore::forget_old_keys(std::size_t at_most) {
  const pqxx::result rows = session_.execute([at_most](pqxx::nontransaction& session) {
    return session.exec_prepared("forget_keys", at_most);
  });
  return rows[0][0].as<std::size_t>();
}

}  // namespace chat
