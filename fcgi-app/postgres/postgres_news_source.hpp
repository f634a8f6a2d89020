// News from PostgreSQL: one connection that looks and also LISTENs.
#pragma once

#include <memory>
#include <string>

#include "chat/news_feed.hpp"
#include "postgres/postgres_store.hpp"

namespace chat {

class PostgresNewsSource : public NewsSource {
 public:
  explicit PostgresNewsSource(std::string conninfo);
  ~PostgresNewsSource() override;

  MessageStore& store() override { return store_; }
  void wait(int wake_fd, std::chrono::milliseconds at_most) override;

 private:
  class Receiver;

  void listen(pqxx::connection& connection);
  bool has_notifications();

  PostgresStore store_;
  std::unique_ptr<Receiver> receiver_;  // null: not connected, or a server that refuses LISTEN
  bool refusal_logged_ = false;
};

}  // namespace chat
