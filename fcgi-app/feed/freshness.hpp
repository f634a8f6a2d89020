// How far memory can be trusted: when the news feed looked last, and how to wait for its next look.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "feed/news_feed.hpp"
#include "runtime/deadline_wheel.hpp"
#include "runtime/task.hpp"
#include "runtime/ticket.hpp"

namespace chat {

// Only on the loop's thread.
class Freshness {
 public:
  Freshness(DeadlineWheel& wheel, NewsFeed& news_feed, std::chrono::milliseconds look_interval);

  // What the news feed tells, once memory knows of it.
  void take(const Look& look);

  // Else what is in memory may have been deleted since.
  [[nodiscard]] bool is_recent() const;

  // Why memory may be out of date, in a sentence without a full stop.
  [[nodiscard]] std::optional<std::string> trouble() const;

  // Waits for a look that begins now or later. False when none has ended well within 2 s.
  Task<bool> refresh();

 private:
  [[nodiscard]] std::chrono::milliseconds silence() const;  // since the last look that succeeded
  void serve_tickets(std::uint64_t up_to, bool succeeded);

  DeadlineWheel& wheel_;
  NewsFeed& news_feed_;
  const std::chrono::milliseconds look_interval_;
  std::map<std::uint64_t, TicketQueue<bool>> tickets_;
  bool last_look_failed_ = true;
  DeadlineWheel::Tick last_look_at_ = 0;
};

}  // namespace chat
