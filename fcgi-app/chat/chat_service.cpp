#include "chat/chat_service.hpp"

#include <algorithm>
#include <set>

#include "domain/error.hpp"
#include "metrics/worker_metrics.hpp"

namespace chat {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// After a look that failed, a poll looks again by itself: the news feed may not be able to tell it.
constexpr milliseconds failed_look_pause{1000};
constexpr milliseconds refresh_timeout{2000};
// A slow look is not yet a lost one.
constexpr milliseconds least_look_patience{5000};
// Polls that were parked together would otherwise all expire in one turn of the loop.
constexpr unsigned deadline_spread_ticks = 4;

// What a poll that has waited is answered, counted.
PagePtr ended(PollEnd end, PagePtr page) {
  metrics().counters.poll_answered(end).add();
  return page;
}

// Whether this page is the answer, without a wait.
bool answers_at_once(const FindQuery& query, const Page& page) {
  return !page.messages.empty() || query.timeout.count() == 0;
}

[[noreturn]] void throw_database_unavailable(StoreTrouble trouble = StoreTrouble::out_of_reach) {
  throw Error(ErrorCode::unavailable, std::string("Unavailable: ") + describe(trouble));
}

}  // namespace

ChatService::ChatService(DeadlineWheel& wheel, WaitingRoom& waiting_room, TailWindow& tail,
                         ReaderPool& readers, MessageAppender& appender, NewsFeed& news_feed,
                         const Limits& limits)
    : wheel_(wheel),
      waiting_room_(waiting_room),
      tail_(tail),
      readers_(readers),
      appender_(appender),
      news_feed_(news_feed),
      limits_(limits),
      pages_(limits.shared_pages_bytes) {}

Task<Message> ChatService::create_message(NewMessage message) {
  const AppendResult result = co_await appender_.append(message);
  switch (result.outcome) {
    case AppendResult::Outcome::stored:
    case AppendResult::Outcome::repeated:
      co_return Message{result.id, std::move(message.room), std::move(message.author),
                        std::move(message.body)};
    case AppendResult::Outcome::key_conflict:
      throw Error(ErrorCode::key_reused,
                  "Unprocessable: The Idempotency-Key was used before for another message");
    case AppendResult::Outcome::gone:
      throw Error(ErrorCode::gone,
                  "Gone: The message of this Idempotency-Key was deleted, and nothing was stored");
    case AppendResult::Outcome::rejected:
      throw Error(ErrorCode::internal, "Internal error: The message could not be stored");
    case AppendResult::Outcome::unavailable:
      break;
  }
  // A call that does not end is not a database out of reach.
  const bool stuck = appender_.trouble() == StoreTrouble::does_not_answer;
  throw_database_unavailable(stuck ? StoreTrouble::does_not_answer : result.trouble);
}

// Look; wait for news or for the end of the time; look again. The article's ten rounds of a second
// are one wait here, because the news feed does the looking for everyone.
Task<PagePtr> ChatService::find_messages(const FindQuery& query, Client& client) {
  const DeadlineWheel::Tick end = due(query);
  // A coroutine of its own for a look is made only when it has to ask somebody.
  PagePtr page = known_page(query);
  if (page == nullptr || answers_at_once(query, *page)) page = co_await first_look(query, client);
  // Nothing is newer than the greatest id: what is not known to be news is not measured.
  const MessageId last_before = tail_.primed() ? tail_.last_id() : max_message_id;
  bool waited = false;
  while (page == nullptr || page->messages.empty()) {
    if (wheel_.now() >= end) {
      if (waited) metrics().counters.poll_answered(PollEnd::timeout).add();
      if (page == nullptr) throw_database_unavailable();
      co_return page;
    }
    const DeadlineWheel::Tick next_look =
        page == nullptr ? std::min(end, wheel_.after(failed_look_pause)) : end;
    const Wake wake = co_await waiting_room_.news_or(next_look, query.room, client, waited);
    waited = true;
    if (wake == Wake::gone) co_return ended(PollEnd::gone, nullptr);
    if (wake == Wake::shutdown) co_return ended(PollEnd::shutdown, empty_page_);
    page = known_page(query);
    if (page == nullptr) page = co_await look_again(query, client);
  }
  if (!waited) co_return page;
  const MessageId& first = page->messages.front()->id;
  if (last_before < first) client.note_news_time(unix_time(first));
  co_return ended(PollEnd::news, page);
}

Task<PagePtr> ChatService::find_messages_before(const FindQuery& query, const Client& client) {
  PagePtr page = co_await readers_.read(query, client.request_id());
  if (page == nullptr) throw_database_unavailable();
  co_return page;
}

void ChatService::take(const Look& look) {
  if (look.kind == Look::Kind::failed) {
    last_look_failed_ = true;
    serve_look_tickets(look.ticket, false);
    return;
  }
  last_look_failed_ = false;
  last_look_at_ = wheel_.now();
  if (look.kind == Look::Kind::primed) {
    tail_.prime(look.last_id);
    pages_.clear();
    // What was stored between a poll's own look and this moment is no news: all look again.
    waiting_room_.announce_to_all();
  } else if (look.kind == Look::Kind::reloaded) {
    tail_.reload(look.messages);
    pages_.clear();
  } else if (look.kind == Look::Kind::news) {
    tail_.publish(look.messages);
    pages_.clear();
    std::set<std::string> rooms;
    for (const MessagePtr& message : look.messages) rooms.insert(message->room);
    for (const std::string& room : rooms) waiting_room_.announce(room);
  } else {
    serve_look_tickets(look.ticket, true);
  }
}

std::optional<std::string> ChatService::trouble() const {
  if (auto look = look_trouble()) return look;
  const StoreTrouble trouble = appender_.trouble();
  if (trouble == StoreTrouble::none) return std::nullopt;
  return describe(trouble);
}

std::optional<std::string> ChatService::look_trouble() const {
  if (last_look_failed_) return "The database is out of reach";
  if (memory_is_recent()) return std::nullopt;
  return "The database has not answered for " + std::to_string(silence() / seconds{1}) + " s";
}

milliseconds ChatService::silence() const {
  return (wheel_.now() - last_look_at_) * DeadlineWheel::tick_length;
}

// Else what it holds may have been deleted since.
bool ChatService::memory_is_recent() const {
  return silence() < std::max(least_look_patience, 3 * limits_.look_interval);
}

DeadlineWheel::Tick ChatService::due(const FindQuery& query) {
  if (query.timeout.count() == 0) return wheel_.now();
  return wheel_.after(query.timeout) + spread_++ % deadline_spread_ticks;
}

// What memory can say by itself. Null when the store has to be asked: memory does not reach back to
// the cursor, or it may be out of date, and then "nothing" is never taken from it.
PagePtr ChatService::known_page(const FindQuery& query) {
  PagePtr page = page_in_memory(query);
  if (page != nullptr && page->messages.empty() && look_trouble()) return nullptr;
  return page;
}

// An answer that is given at once is as fresh as the moment it was asked for: somebody who has
// written through another worker finds what he wrote. A poll that will wait needs no such care, and
// so it costs no query.
Task<PagePtr> ChatService::first_look(const FindQuery& query, const Client& client) {
  const PagePtr page = page_in_memory(query);
  const bool memory_is_fresh =
      page == nullptr || !answers_at_once(query, *page) || co_await refresh_memory();
  co_return co_await look(query, client, memory_is_fresh);
}

// A poll that waits already goes on waiting when the readers are too busy to look for it.
Task<PagePtr> ChatService::look_again(const FindQuery& query, const Client& client) {
  try {
    co_return co_await look(query, client, /*memory_is_fresh=*/true);
  } catch (const Error&) {
    co_return nullptr;
  }
}

// Null: the store could not be asked. It is asked when memory is too old for this reader; "nothing"
// is never taken from a memory that may be out of date.
Task<PagePtr> ChatService::look(const FindQuery& query, const Client& client,
                                bool memory_is_fresh) {
  for (bool asked = false;; asked = true) {
    PagePtr page;
    if (asked) {
      page = page_in_memory(query);
    } else if (memory_is_fresh) {
      page = known_page(query);
    }
    if (page != nullptr) co_return page;
    const MessageId horizon = tail_.last_id();
    page = co_await readers_.read(query, client.request_id());
    if (page == nullptr || !page->messages.empty()) co_return page;
    if (!tail_.primed() || !memory_is_recent()) co_return page;
    // Round again: news may have come while the query ran.
    tail_.learn_empty(query.room, query.after, horizon);
  }
}

PagePtr ChatService::page_in_memory(const FindQuery& query) {
  if (!memory_is_recent()) return nullptr;
  if (PagePtr known = pages_.find(query)) return known;
  auto found = tail_.find(query.room, query.after, query.limit + 1);
  if (!found) return nullptr;
  if (found->empty()) return empty_page_;
  PagePtr page = make_page_forwards(std::move(*found), {query.limit, limits_.page_bytes});
  pages_.keep(query, page);
  return page;
}

// False when no look has begun and ended well by now.
Task<bool> ChatService::refresh_memory() {
  Ticket<bool> ticket;
  const std::uint64_t number = news_feed_.request_look();
  look_tickets_[number].push_back(ticket);
  const bool fresh = co_await ticket.result(wheel_, wheel_.after(refresh_timeout));
  // A feed that hangs must not leave a queue behind for everyone who has given up waiting.
  const auto left = look_tickets_.find(number);
  if (left != look_tickets_.end() && left->second.empty()) look_tickets_.erase(left);
  co_return fresh;
}

void ChatService::serve_look_tickets(std::uint64_t up_to, bool succeeded) {
  while (!look_tickets_.empty() && look_tickets_.begin()->first <= up_to) {
    TicketQueue<bool> served = std::move(look_tickets_.begin()->second);
    look_tickets_.erase(look_tickets_.begin());
    complete_all(served, succeeded);
  }
}

}  // namespace chat
