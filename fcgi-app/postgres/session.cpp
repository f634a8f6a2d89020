#include "postgres/session.hpp"

#include <algorithm>

#include "domain/store_error.hpp"
#include "metrics/worker_metrics.hpp"
#include "postgres/error_text.hpp"

namespace chat {
namespace {

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

// One statement each, in autocommit. chat.append must never be wrapped in BEGIN: its lock would be
// held while the client thinks.
constexpr const char* session_sql =
    "SET client_encoding = 'UTF8';"
    "SET default_transaction_isolation = 'read committed';"
    "SET statement_timeout = '5s';"
    "SET lock_timeout = '3s';"
    "SET jit = off;"
    // An answer promises durability; a stronger setting of the operator stays.
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') IN ('off', 'local');";

}  // namespace

Session::Session(std::string conninfo, std::span<const PreparedStatement> statements)
    : conninfo_(std::move(conninfo)), statements_(statements) {}

Session::~Session() = default;

// A connection that stood idle while the server was restarted is found dead only when it is used.
// That says nothing about the server of now, so the statement is run once more on a new connection:
// reads can be repeated at any time, an append because of its keys.
pqxx::result Session::execute(const Statement& statement) {
  const bool may_have_died_idle = connection_ != nullptr;
  try {
    return execute_once(statement);
  } catch (const ConnectionLost&) {
    if (!may_have_died_idle) throw;
  }
  return execute_once(statement);
}

pqxx::result Session::execute_once(const Statement& statement) {
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

void Session::connect() {
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

void Session::open() {
  connection_ = open_connection();
  if (connections_++ > 0) metrics().counters.database_reconnects.add();
  on_connect(*connection_);
}

std::unique_ptr<pqxx::connection> Session::open_connection() const {
  try {
    auto connection = std::make_unique<pqxx::connection>(conninfo_);
    pqxx::nontransaction(*connection).exec(session_sql);
    for (const auto& [name, sql] : statements_) connection->prepare(name, sql);
    return connection;
  } catch (const pqxx::failure&) {
    metrics().counters.database_connect_failures.add();
    throw;
  }
}

void Session::disconnect() {
  on_disconnect();
  connection_.reset();
}

}  // namespace chat
