// One connection to PostgreSQL that is made when it is needed, and again after any failure.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "postgres/pqxx.hpp"

namespace chat {

struct PreparedStatement {
  const char* name;
  const char* sql;
};

// Belongs to one thread.
class Session {
 public:
  using Statement = std::function<pqxx::result(pqxx::nontransaction&)>;

  // `conninfo` is a libpq connection string or URI; `statements` must outlive the session. Nothing
  // is connected yet.
  explicit Session(std::string conninfo, std::span<const PreparedStatement> statements = {});
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Runs one statement in a transaction of its own, on a connection that works. Maps every failure
  // to StoreUnavailable or StoreRejected.
  pqxx::result execute(const Statement& statement);

  // Null while there is none.
  [[nodiscard]] pqxx::connection* connection() { return connection_.get(); }
  // How many there were so far.
  [[nodiscard]] std::uint64_t connections() const { return connections_; }

  // Called before a connection that failed is dropped, and after a new one is ready.
  std::function<void()> on_disconnect = [] {};
  std::function<void(pqxx::connection&)> on_connect = [](pqxx::connection&) {};

  void disconnect();

 private:
  pqxx::result execute_once(const Statement& statement);
  void connect();
  void open();
  [[nodiscard]] std::unique_ptr<pqxx::connection> open_connection() const;

  using Clock = std::chrono::steady_clock;

  const std::string conninfo_;
  const std::span<const PreparedStatement> statements_;
  std::unique_ptr<pqxx::connection> connection_;
  Clock::time_point next_attempt_{};
  std::chrono::milliseconds backoff_{0};
  std::uint64_t connections_ = 0;
};

}  // namespace chat
