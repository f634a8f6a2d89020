// News from PostgreSQL: one connection that looks and also LISTENs.
#pragma once

#include <memory>
#include <string>

#include "domain/news_source.hpp"
#include "postgres/session.hpp"

namespace chat {

class PostgresNewsSource : public NewsSource {
 public:
  explicit PostgresNewsSource(std::string conninfo);
  ~PostgresNewsSource() override;

  News find_news(const MessageId& after, std::size_t limit) override;
  std::vector<MessagePtr> find_newest(const PageLimits& limits) override;
  MessageId last_position() override;
  void note_another_history() override;
  std::chrono::microseconds clock_offset() override;
  void wait(int wake_fd, std::chrono::milliseconds at_most) override;

 private:
  class Receiver;

  void listen(pqxx::connection& connection);
  bool has_notifications();

  Session session_;
  std::unique_ptr<Receiver> receiver_;  // null: not connected, or a server that refuses LISTEN
  bool refusal_logged_ = false;
};

}  // namespace chat
