// The product in two verbs. Everything that makes them cheap lies behind the parts they call.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "chat/message_appender.hpp"
#include "feed/news_feed.hpp"
#include "feed/page_cache.hpp"
#include "feed/reader_pool.hpp"
#include "feed/tail_window.hpp"
#include "feed/waiting_room.hpp"

namespace chat {

// Only on the loop's thread.
class ChatService {
 public:
  struct Limits {
    std::size_t page_bytes = default_page_bytes;
    std::size_t shared_pages_bytes = std::size_t{16} << 20;  // of the answers that readers share
    // How often the news feed looks. After three looks that did not come, memory is not trusted.
    std::chrono::milliseconds look_interval{1000};
  };

  ChatService(DeadlineWheel& wheel, WaitingRoom& waiting_room, TailWindow& tail,
              ReaderPool& readers, MessageAppender& appender, NewsFeed& news_feed,
              const Limits& limits);

  // Stores the message and returns it when that is durable; for a known key, the first message.
  // Throws Error.
  Task<Message> create_message(NewMessage message);

  // The messages after the cursor; waits for the first one until the query's timeout. An empty
  // page: the time is up. Null: the client has left. Throws Error(unavailable).
  Task<PagePtr> find_messages(const FindQuery& query, Client& client);

  // The last page before the cursor; never waits. Throws Error(unavailable).
  Task<PagePtr> find_messages_before(const FindQuery& query, const Client& client);

  // What the news feed tells, in order.
  void take(const Look& look);

  // Why this worker cannot read or store as it should, in a sentence without a full stop; empty
  // when it can.
  [[nodiscard]] std::optional<std::string> trouble() const;
  [[nodiscard]] bool healthy() const { return !trouble(); }

 private:
  // Why memory may be out of date.
  [[nodiscard]] std::optional<std::string> look_trouble() const;
  [[nodiscard]] std::chrono::milliseconds silence() const;  // since the last look that succeeded
  [[nodiscard]] bool memory_is_recent() const;
  PagePtr known_page(const FindQuery& query);
  Task<PagePtr> first_look(const FindQuery& query, const Client& client);
  Task<PagePtr> look_again(const FindQuery& query, const Client& client);
  Task<PagePtr> look(const FindQuery& query, const Client& client, bool memory_is_fresh);
  PagePtr page_in_memory(const FindQuery& query);
  Task<bool> refresh_memory();
  void serve_look_tickets(std::uint64_t up_to, bool succeeded);
  [[nodiscard]] DeadlineWheel::Tick due(const FindQuery& query);

  DeadlineWheel& wheel_;
  WaitingRoom& waiting_room_;
  TailWindow& tail_;
  ReaderPool& readers_;
  MessageAppender& appender_;
  NewsFeed& news_feed_;
  const Limits limits_;

  PageCache pages_;
  const PagePtr empty_page_ = std::make_shared<Page>();
  std::map<std::uint64_t, TicketQueue<bool>> look_tickets_;
  bool last_look_failed_ = true;
  DeadlineWheel::Tick last_look_at_ = 0;
  unsigned spread_ = 0;
};

}  // namespace chat
