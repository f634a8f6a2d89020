// The store on PostgreSQL, over one connection that is made when it is needed and made anew after
// any failure.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "chat/message_store.hpp"
#include "postgres/pqxx.hpp"

namespace chat {

// Belongs to one thread.
class PostgresStore : public MessageStore {
 public:
  // `conninfo` is a libpq connection string or URI. Nothing is connected yet.
  explicit PostgresStore(std::string conninfo);
  ~PostgresStore() override;

  std::vector<AppendResult> append(const std::vector<NewMessage>& batch) override;
  std::vector<std::vector<MessagePtr>> find_after(const std::vector<FindQuery>& queries,
                                                  std::size_t page_bytes) override;
  std::vector<bool> find_any_after(const std::vector<FindQuery>& queries) override;
  std::vector<MessagePtr> find_before(const std::string& room, const MessageId& before,
                                      const PageLimits& limits) override;
  News find_news(const MessageId& after, std::size_t limit) override;
  std::vector<MessagePtr> find_newest(const PageLimits& limits) override;
  MessageId last_id() override;
  std::chrono::microseconds clock_offset() override;
  void probe(bool thorough) override;
  std::size_t forget_old_keys(std::size_t at_most) override;

  // Null while there is none.
  [[nodiscard]] pqxx::connection* connection() { return connection_.get(); }

  // Called before a connection that failed is dropped, and after a new one is ready.
  std::function<void()> on_disconnect = [] {};
  std::function<void(pqxx::connection&)> on_connect = [](pqxx::connection&) {};

  void disconnect();

 private:
  using Statement = std::function<pqxx::result(pqxx::nontransaction&)>;

  // Runs one statement in a transaction of its own, on a connection that works. Maps every failure
  // to StoreUnavailable or StoreRejected.
  pqxx::result execute(const Statement& statement);
  pqxx::result execute_once(const Statement& statement);
  void connect();
  void open();
  [[nodiscard]] std::unique_ptr<pqxx::connection> open_connection() const;

  using Clock = std::chrono::steady_clock;

  const std::string conninfo_;
  std::unique_ptr<pqxx::connection> connection_;
  Clock::time_point next_attempt_{};
  std::chrono::milliseconds backoff_{0};
  std::uint64_t connections_ = 0;  // so far
};

}  // namespace chat
