// What readers are given: near the tail from memory, else from the store, and when there is nothing
// yet, once there is.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/find_query.hpp"
#include "feed/freshness.hpp"
#include "feed/news_feed.hpp"
#include "feed/own_news.hpp"
#include "feed/page_cache.hpp"
#include "feed/reader_pool.hpp"
#include "feed/tail_window.hpp"
#include "feed/waiting_room.hpp"

namespace chat {

// Only on the loop's thread.
class Feed {
 public:
  struct Limits {
    std::size_t page_bytes = default_page_bytes;
    std::size_t shared_pages_bytes = std::size_t{16} << 20;  // of the answers that readers share
    // How often the news feed looks. After three looks that did not come, memory is not trusted.
    std::chrono::milliseconds look_interval{1000};
  };

  Feed(DeadlineWheel& wheel, WaitingRoom& waiting_room, TailWindow& tail, ReaderPool& readers,
       NewsFeed& news_feed, const Limits& limits);

  // The messages after the cursor; waits for the first one until the query's timeout, or until the
  // epoch is another than the query's. An empty page: the time is up. Null: the client has left.
  // Throws Error(unavailable).
  Task<PagePtr> find_messages(const FindQuery& query, Client& client);

  // The last page before the cursor; never waits. Throws Error(unavailable).
  Task<PagePtr> find_messages_before(const FindQuery& query, const Client& client);

  // The last page of what the query searches for, as far as the index is filled. Throws
  // Error(unavailable).
  Task<PagePtr> search(const FindQuery& query, const Client& client);

  // A page of the rooms that there are, as fresh as the call. Throws Error(unavailable).
  Task<RoomsPagePtr> find_rooms(const RoomsQuery& query, const Client& client);

  // Where a reader begins who wants what comes from now on: an empty page, of a look that began
  // after the call. Null: the database is out of reach.
  Task<PagePtr> present();

  // What the news feed tells, in order.
  void take(Look look);

  // What this worker has stored itself. If it is what comes next, readers have it at once; if not,
  // the next look finds it with what lies in between.
  void take_own(const OwnNews& news);

  // Why what is in memory may be out of date, in a sentence without a full stop.
  [[nodiscard]] std::optional<std::string> trouble() const { return freshness_.trouble(); }

 private:
  [[noreturn]] static void throw_database_unavailable();
  PagePtr known_page(const FindQuery& query);
  Task<PagePtr> first_look(const FindQuery& query, const Client& client);
  Task<PagePtr> look_again(const FindQuery& query, const Client& client);
  Task<PagePtr> look(const FindQuery& query, const Client& client, bool memory_is_fresh);
  Task<PagePtr> read(const FindQuery& query, const Client& client);
  PagePtr page_in_memory(const FindQuery& query);
  PagePtr empty_page(const MessageId& after, const MessageId& position);
  [[nodiscard]] bool has_another_epoch(const FindQuery& query) const;
  void take_epoch(const std::string& epoch);
  void publish(Look& news);
  void announce(const Look& news);
  [[nodiscard]] DeadlineWheel::Tick due(const FindQuery& query);

  DeadlineWheel& wheel_;
  WaitingRoom& waiting_room_;
  TailWindow& tail_;
  ReaderPool& readers_;
  Freshness freshness_;
  const Limits limits_;

  PageCache pages_;
  PagePtr nothing_;                           // what all are given who have read everything
  std::shared_ptr<const std::string> epoch_;  // null before the first look
  unsigned spread_ = 0;
};

}  // namespace chat
