#include "postgres/postgres_write_store.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "postgres/array_literal.hpp"
#include "postgres/rows.hpp"

namespace chat {
namespace {

using Outcome = WriteResult::Outcome;

// In autocommit: what takes the one lock must never be wrapped in BEGIN, since it would be held
// while the client thinks.
constexpr PreparedStatement statements[] = {
    {"append",
     "SELECT id, outcome, body, version, chat.turn_follows(), ordinal"
     " FROM chat.append($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[])"},
    {"change",
     "SELECT id, room, author, body, version, deleted, signed_in, outcome, ordinal"
     " FROM chat.change($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::text[])"},
    {"do_what_was_handed_over", "SELECT chat.do_what_was_handed_over($1::integer)"},
    {"probe", "SELECT chat.probe($1::boolean)"},
    {"forget_keys", "SELECT chat.forget_keys(at_most => $1::integer)"},
};

constexpr std::array<std::pair<std::string_view, Outcome>, 10> outcomes = {{
    {"stored", Outcome::done},
    {"changed", Outcome::done},
    {"repeated", Outcome::repeated},
    {"conflict", Outcome::key_conflict},
    {"gone", Outcome::gone},
    {"unchanged", Outcome::unchanged},
    {"not_found", Outcome::not_found},
    {"forbidden", Outcome::forbidden},
    {"mismatch", Outcome::mismatch},
    {"locked", Outcome::locked},
}};

Outcome outcome_of(std::string_view text) {
  for (const auto& [name, outcome] : outcomes) {
    if (name == text) return outcome;
  }
  throw StoreUnavailable("the database answered an outcome that is not known");
}

std::optional<std::string> bytea_of(const std::optional<SecretDigest>& digest) {
  if (!digest) return std::nullopt;
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "\\x";
  for (const std::uint8_t byte : *digest) {
    text += digits[byte >> 4];
    text += digits[byte & 0xf];
  }
  return text;
}

std::optional<std::string> array_of(const std::optional<std::vector<MessageId>>& positions) {
  if (!positions) return std::nullopt;
  ArrayLiteral array;
  for (const MessageId& position : *positions) array.push_back(format_message_id(position));
  return array.text();
}

// One row for each of the batch, with its place in the last column.
template <class Batch, class ResultOf>
std::vector<WriteResult> results_of(const pqxx::result& rows, const Batch& batch,
                                    const ResultOf& result_of) {
  if (static_cast<std::size_t>(rows.size()) != batch.size()) {
    throw StoreUnavailable("the database answered another number of results than it was given");
  }
  std::vector<WriteResult> results(batch.size());
  for (const auto& row : rows) {
    const std::size_t n = row[row.size() - 1].as<std::size_t>() - 1;
    results.at(n) = result_of(row, batch.at(n));
  }
  return results;
}

WriteResult result_of_append(const pqxx::row& row, const NewMessage& sent) {
  WriteResult result{outcome_of(row[1].c_str()), row[0].is_null() ? nil_message_id : id_of(row[0]),
                     StoreTrouble::none};
  if (result.outcome == Outcome::repeated) {
    auto now = std::make_shared<Message>(Message{result.id, sent.room, sent.author, {}});
    now->body.assign(row[2].c_str(), row[2].size());
    if (!row[3].is_null()) now->version = id_of(row[3]);
    now->signed_in = !sent.user.empty();
    result.now = std::move(now);
  }
  if (result.outcome == Outcome::done) result.follows = id_of(row[4]);
  return result;
}

WriteResult result_of_change(const pqxx::row& row, const MessageChange& sent) {
  WriteResult result{outcome_of(row[message_columns].c_str()), sent.id, StoreTrouble::none};
  const bool there = !row[1].is_null();
  if (there) result.now = message_of(row);
  return result;
}

}  // namespace

PostgresWriteStore::PostgresWriteStore(std::string conninfo)
    : session_(std::move(conninfo), statements) {}

std::vector<WriteResult> PostgresWriteStore::append(const std::vector<NewMessage>& batch) {
  ArrayLiteral bodies;
  ArrayLiteral rooms;
  ArrayLiteral authors;
  ArrayLiteral users;
  ArrayLiteral keys;
  ArrayLiteral edit_keys;
  for (const NewMessage& message : batch) {
    bodies.push_back(message.body);
    rooms.push_back(message.room);
    authors.push_back(message.author);
    users.push_back(message.user);
    keys.push_back(message.idempotency_key);
    edit_keys.push_back(bytea_of(message.edit_key));
  }
  const pqxx::result rows = session_.execute([&](pqxx::nontransaction& session) {
    return session.exec_prepared("append", bodies.text(), rooms.text(), authors.text(),
                                 users.text(), keys.text(), edit_keys.text());
  });
  return results_of(rows, batch, result_of_append);
}

std::vector<WriteResult> PostgresWriteStore::change(const std::vector<MessageChange>& batch) {
  ArrayLiteral ids;
  ArrayLiteral bodies;
  ArrayLiteral users;
  ArrayLiteral edit_keys;
  ArrayLiteral if_matches;
  ArrayLiteral keys;
  for (const MessageChange& change : batch) {
    ids.push_back(format_message_id(change.id));
    bodies.push_back(change.body);
    users.push_back(change.user);
    edit_keys.push_back(bytea_of(change.edit_key));
    if_matches.push_back(array_of(change.if_match));
    keys.push_back(change.idempotency_key);
  }
  const pqxx::result rows = session_.execute([&](pqxx::nontransaction& session) {
    return session.exec_prepared("change", ids.text(), bodies.text(), users.text(),
                                 edit_keys.text(), if_matches.text(), keys.text());
  });
  return results_of(rows, batch, result_of_change);
}

std::size_t PostgresWriteStore::do_what_was_handed_over(std::size_t at_most) {
  const pqxx::result rows = session_.execute([at_most](pqxx::nontransaction& session) {
    return session.exec_prepared("do_what_was_handed_over", at_most);
  });
  return rows[0][0].as<std::size_t>();
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
