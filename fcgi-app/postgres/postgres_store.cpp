#include "postgres/postgres_store.hpp"

#include <algorithm>
#include <string_view>

#include "metrics/worker_metrics.hpp"
#include "postgres/array_literal.hpp"
#include "postgres/error_text.hpp"
#include "postgres/statements.hpp"

namespace chat {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr milliseconds min_backoff{50};
// An attempt costs the server little, and who is refused meanwhile has come too early by this at
// most.
constexpr milliseconds max_backoff{250};

// Data exception and integrity constraint violation: the same statement would fail again.
bool is_refusal(const pqxx::sql_error& error) {
  const std::string sqlstate = error.sqlstate();
  return sqlstate.starts_with("22") || sqlstate.starts_with("23");
}

// https://www.postgresql.org/docs/15/errcodes-appendix.html
StoreTrouble trouble_of(const pqxx::sql_error& error) {
  const std::string sqlstate = error.sqlstate();
  if (sqlstate == "25006") return StoreTrouble::read_only;
  if (sqlstate == "53100") return StoreTrouble::disk_full;
  if (sqlstate == "57014" || sqlstate == "55P03") return StoreTrouble::too_slow;
  // Connection exceptions, too many of them, an operator's shutdown, no answer at all.
  const bool away = sqlstate.empty() || sqlstate.starts_with("08") || sqlstate.starts_with("53") ||
                    sqlstate.starts_with("57");
  return away ? StoreTrouble::out_of_reach : StoreTrouble::refuses;
}

// The server, or the way to it, ended the connection.
class ConnectionLost : public StoreUnavailable {
 public:
  using StoreUnavailable::StoreUnavailable;
};

microseconds unix_time() {
  return std::chrono::duration_cast<microseconds>(
      std::chrono::system_clock::now().time_since_epoch());
}

MessageId id_of(const pqxx::field& field) {
  const auto id = parse_message_id({field.c_str(), field.size()});
  if (!id) throw StoreUnavailable("the database answered an id that is no UUID");
  return *id;
}

template <class Row>
MessagePtr message_of(const Row& row) {
  auto message = std::make_shared<Message>();
  message->id = id_of(row[0]);
  message->room.assign(row[1].c_str(), row[1].size());
  if (!row[2].is_null()) message->author.emplace(row[2].c_str(), row[2].size());
  message->body.assign(row[3].c_str(), row[3].size());
  return message;
}

// All rows but the first `skipped`.
std::vector<MessagePtr> messages_of(const pqxx::result& rows, int skipped = 0) {
  std::vector<MessagePtr> messages;
  messages.reserve(static_cast<std::size_t>(rows.size() - skipped));
  for (auto it = rows.begin() + skipped; it != rows.end(); ++it) {
    messages.push_back(message_of(*it));
  }
  return messages;
}

// Rooms and cursors of many looks, as the arrays that a statement takes apart again.
struct LookArrays {
  explicit LookArrays(const std::vector<FindQuery>& queries) {
    for (const FindQuery& query : queries) {
      rooms.push_back(query.room);
      cursors.push_back(format_message_id(query.after));
      // One more than fits tells whether there is more.
      limits.push_back(std::to_string(query.limit + 1));
    }
  }
  ArrayLiteral rooms;
  ArrayLiteral cursors;
  ArrayLiteral limits;
};

AppendResult::Outcome outcome_of(std::string_view text) {
  if (text == "stored") return AppendResult::Outcome::stored;
  if (text == "repeated") return AppendResult::Outcome::repeated;
  if (text == "conflict") return AppendResult::Outcome::key_conflict;
  if (text == "gone") return AppendResult::Outcome::gone;
  throw StoreUnavailable("chat.append answered an outcome that is not known");
}

}  // namespace

PostgresStore::PostgresStore(std::string conninfo) : conninfo_(std::move(conninfo)) {}

PostgresStore::~PostgresStore() = default;

std::vector<AppendResult> PostgresStore::append(const std::vector<NewMessage>& batch) {
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
  const pqxx::result rows = execute([&](pqxx::nontransaction& session) {
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

std::vector<std::vector<MessagePtr>> PostgresStore::find_after(
    const std::vector<FindQuery>& queries, std::size_t page_bytes) {
  const LookArrays looks(queries);
  const pqxx::result rows = execute([&](pqxx::nontransaction& session) {
    return session.exec_prepared("find_after", looks.rooms.text(), looks.cursors.text(),
                                 looks.limits.text(), page_bytes);
  });
  std::vector<std::vector<MessagePtr>> found(queries.size());
  for (const auto& row : rows) {
    found.at(row[4].as<std::size_t>() - 1).push_back(message_of(row));
  }
  return found;
}

std::vector<bool> PostgresStore::find_any_after(const std::vector<FindQuery>& queries) {
  const LookArrays looks(queries);
  const pqxx::result rows = execute([&](pqxx::nontransaction& session) {
    return session.exec_prepared("find_any_after", looks.rooms.text(), looks.cursors.text());
  });
  std::vector<bool> any(queries.size());
  for (const auto& row : rows) any.at(row[0].as<std::size_t>() - 1) = true;
  return any;
}

std::vector<MessagePtr> PostgresStore::find_before(const std::string& room, const MessageId& before,
                                                   const PageLimits& limits) {
  return messages_of(execute([&](pqxx::nontransaction& session) {
    return session.exec_prepared("find_before", room, format_message_id(before),
                                 limits.messages + 1, limits.bytes);
  }));
}

News PostgresStore::find_news(const MessageId& after, std::size_t limit) {
  const pqxx::result rows = execute([&](pqxx::nontransaction& session) {
    return session.exec_prepared("find_news", format_message_id(after), limit);
  });
  if (rows.empty()) throw StoreUnavailable("chat.removals has no row");
  const auto& state = rows[0];
  const auto newest_removed = parse_message_id(state[3].c_str());
  return {{state[1].c_str(), connections_, id_of(state[0]), state[2].as<std::int64_t>(),
           newest_removed.value_or(max_message_id)},
          messages_of(rows, 1)};
}

std::vector<MessagePtr> PostgresStore::find_newest(const PageLimits& limits) {
  return messages_of(execute([&](pqxx::nontransaction& session) {
    return session.exec_prepared("find_newest", limits.messages, limits.bytes);
  }));
}

MessageId PostgresStore::last_id() {
  const pqxx::result rows =
      execute([](pqxx::nontransaction& session) { return session.exec_prepared("last_id"); });
  return rows.empty() ? nil_message_id : id_of(rows[0][0]);
}

// The database read its clock somewhere within the call; the middle is the best guess, and the
// shortest of a few calls the best of guesses.
microseconds PostgresStore::clock_offset() {
  constexpr int calls = 3;
  microseconds offset{0};
  auto shortest = microseconds::max();
  for (int i = 0; i < calls; ++i) {
    const microseconds before = unix_time();
    const pqxx::result rows =
        execute([](pqxx::nontransaction& session) { return session.exec_prepared("clock"); });
    const microseconds after = unix_time();
    if (after - before >= shortest) continue;
    shortest = after - before;
    offset = microseconds{rows[0][0].as<std::int64_t>()} - (before + shortest / 2);
  }
  return offset;
}

void PostgresStore::probe(bool thorough) {
  execute([thorough](pqxx::nontransaction& session) {
    return session.exec_prepared("probe", thorough);
  });
}

std::size_t PostgresStore::forget_old_keys(std::size_t at_most) {
  const pqxx::result rows = execute([at_most](pqxx::nontransaction& session) {
    return session.exec_prepared("forget_keys", at_most);
  });
  return rows[0][0].as<std::size_t>();
}

// A connection that stood idle while the server was restarted is found dead only when it is used.
// That says nothing about the server of now, so the statement is run once more on a new connection:
// reads can be repeated at any time, an append because of its keys.
pqxx::result PostgresStore::execute(const Statement& statement) {
  const bool may_have_died_idle = connection_ != nullptr;
  try {
    return execute_once(statement);
  } catch (const ConnectionLost&) {
    if (!may_have_died_idle) throw;
  }
  return execute_once(statement);
}

pqxx::result PostgresStore::execute_once(const Statement& statement) {
  try {
    connect();
    pqxx::nontransaction session(*connection_);
    return statement(session);
  } catch (const pqxx::sql_error& error) {
    if (is_refusal(error)) throw StoreRejected(one_line(error.what()));
    // Also a timeout, or a schema that is not there yet: neither is for ever, and a new connection
    // is the state that is known best.
    const bool lost = connection_ != nullptr && !connection_->is_open();
    disconnect();
    if (lost) throw ConnectionLost(one_line(error.what()));
    throw StoreUnavailable(one_line(error.what()), trouble_of(error));
  } catch (const pqxx::failure& failure) {
    disconnect();
    throw ConnectionLost(one_line(failure.what()));
  }
}

void PostgresStore::connect() {
  if (connection_) return;
  // Fails fast between two attempts, so that a queue of readers does not wait for each in turn.
  if (Clock::now() < next_attempt_) throw StoreUnavailable("waiting before the next attempt");
  backoff_ = std::clamp(backoff_ * 2, min_backoff, max_backoff);
  try {
    open();
  } catch (...) {
    // From now, not from before: an attempt may have taken seconds.
    next_attempt_ = Clock::now() + backoff_;
    throw;
  }
  backoff_ = milliseconds{0};
}

void PostgresStore::open() {
  connection_ = open_connection();
  if (connections_++ > 0) metrics().counters.database_reconnects.add();
  on_connect(*connection_);
}

std::unique_ptr<pqxx::connection> PostgresStore::open_connection() const {
  try {
    auto connection = std::make_unique<pqxx::connection>(conninfo_);
    pqxx::nontransaction(*connection).exec(session_sql);
    for (const auto& [name, sql] : prepared_statements) connection->prepare(name, sql);
    return connection;
  } catch (const pqxx::failure&) {
    metrics().counters.database_connect_failures.add();
    throw;
  }
}

void PostgresStore::disconnect() {
  on_disconnect();
  connection_.reset();
}

}  // namespace chat
