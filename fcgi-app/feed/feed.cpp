#include "feed/feed.hpp"

#include <algorithm>
#include <string_view>

#include "domain/error.hpp"
#include "feed/places.hpp"
#include "metrics/worker_metrics.hpp"

namespace chat {
namespace {

// After a look that failed, a poll looks again by itself: the news feed may not be able to tell it.
constexpr std::chrono::milliseconds failed_look_pause{1000};
// Polls that were parked together would otherwise all expire in one turn of the loop.
constexpr unsigned deadline_spread_ticks = 4;

// What a poll that has waited is answered, counted.
PagePtr ended(const FindQuery& query, PollEnd end, PagePtr page) {
  if (!query.goes_on) metrics().counters.poll_answered(end).add();
  return page;
}

// Whether this page is the answer, without a wait.
bool answers_at_once(const FindQuery& query, const Page& page) {
  return !page.messages.empty() || query.timeout.count() == 0;
}

}  // namespace

Feed::Feed(DeadlineWheel& wheel, WaitingRoom& waiting_room, TailWindow& tail, ReaderPool& readers,
           NewsFeed& news_feed, const Limits& limits)
    : wheel_(wheel),
      waiting_room_(waiting_room),
      tail_(tail),
      readers_(readers),
      freshness_(wheel, news_feed, limits.look_interval),
      limits_(limits),
      pages_(limits.shared_pages_bytes) {}

// Look; wait for news or for the end of the time; look again. The article's ten rounds of a second
// are one wait here, because the news feed does the looking for everyone.
Task<PagePtr> Feed::find_messages(const FindQuery& query, Client& client) {
  const DeadlineWheel::Tick end = due(query);
  // A coroutine of its own for a look is made only when it has to ask somebody.
  PagePtr page = known_page(query);
  if (page == nullptr || (answers_at_once(query, *page) && !query.goes_on)) {
    page = co_await first_look(query, client);
  }
  // The reader may have been told the epoch by a worker that is a look ahead of this one.
  bool epoch_is_known = true;
  if (has_another_epoch(query)) {
    epoch_is_known = co_await freshness_.refresh();
    // What came meanwhile has woken nobody here.
    page = known_page(query);
    if (page == nullptr) page = co_await look_again(query, client);
  }
  // Nothing is newer than the greatest id: what is not known to be news is not measured.
  const MessageId last_before = tail_.primed() ? tail_.last_position() : max_message_id;
  bool waited = false;
  while (page == nullptr || page->messages.empty()) {
    if (page != nullptr && epoch_is_known && has_another_epoch(query)) {
      co_return waited ? ended(query, PollEnd::news, page) : page;
    }
    if (wheel_.now() >= end) {
      if (waited) ended(query, PollEnd::timeout, page);
      if (page == nullptr) throw_database_unavailable();
      co_return page;
    }
    const DeadlineWheel::Tick next_look =
        page == nullptr ? std::min(end, wheel_.after(failed_look_pause)) : end;
    // Not in one expression: the names of the places would be kept for as long as it waits.
    auto news = waiting_room_.news_or(next_look, places_of(query), client, waited);
    const Wake wake = co_await news;
    waited = true;
    if (wake == Wake::gone) co_return ended(query, PollEnd::gone, nullptr);
    if (wake == Wake::shutdown) {
      co_return ended(query, PollEnd::shutdown, empty_page(query.after, query.after));
    }
    epoch_is_known = true;
    page = known_page(query);
    if (page == nullptr) page = co_await look_again(query, client);
  }
  if (!waited) co_return page;
  const MessageId& first = cursor_of(query, *page->messages.front());
  if (last_before < first) client.note_news_time(unix_time(first));
  co_return ended(query, PollEnd::news, page);
}

void Feed::throw_database_unavailable() {
  throw Error(ErrorCode::unavailable,
              std::string("Unavailable: ") + describe(StoreTrouble::out_of_reach));
}

Task<PagePtr> Feed::find_messages_before(const FindQuery& query, const Client& client) {
  PagePtr page = co_await read(query, client);
  if (page == nullptr) throw_database_unavailable();
  co_return page;
}

bool Feed::has_another_epoch(const FindQuery& query) const {
  return query.epoch && epoch_ != nullptr && *query.epoch != *epoch_;
}

DeadlineWheel::Tick Feed::due(const FindQuery& query) {
  if (query.timeout.count() == 0) return wheel_.now();
  return wheel_.after(query.timeout) + spread_++ % deadline_spread_ticks;
}

// What memory can say by itself. Null when the store has to be asked: memory does not reach back to
// the cursor, or it may be out of date, and then "nothing" is never taken from it.
PagePtr Feed::known_page(const FindQuery& query) {
  PagePtr page = page_in_memory(query);
  if (page != nullptr && page->messages.empty() && trouble()) return nullptr;
  return page;
}

// An answer that is given at once is as fresh as the moment it was asked for: somebody who has
// written through another worker finds what he wrote. A poll that will wait needs no such care, and
// so it costs no query.
Task<PagePtr> Feed::first_look(const FindQuery& query, const Client& client) {
  const PagePtr page = page_in_memory(query);
  const bool memory_is_fresh = page == nullptr || query.goes_on || !answers_at_once(query, *page) ||
                               co_await freshness_.refresh();
  co_return co_await look(query, client, memory_is_fresh);
}

// A poll that waits already goes on waiting when the readers are too busy to look for it.
Task<PagePtr> Feed::look_again(const FindQuery& query, const Client& client) {
  try {
    co_return co_await look(query, client, /*memory_is_fresh=*/true);
  } catch (const Error&) {
    co_return nullptr;
  }
}

// Null: the store could not be asked. It is asked when memory is too old for this reader; "nothing"
// is never taken from a memory that may be out of date.
Task<PagePtr> Feed::look(const FindQuery& query, const Client& client, bool memory_is_fresh) {
  for (bool asked = false;; asked = true) {
    PagePtr page;
    if (asked) {
      page = page_in_memory(query);
    } else if (memory_is_fresh) {
      page = known_page(query);
    }
    if (page != nullptr) co_return page;
    const MessageId horizon = tail_.last_position();
    page = co_await read(query, client);
    if (page == nullptr || !page->messages.empty()) co_return page;
    if (!tail_.primed() || !freshness_.is_recent()) co_return empty_page(query.after, horizon);
    // Round again: news may have come while the query ran.
    tail_.learn_empty(query, horizon);
  }
}

// The epoch is not newer than what is read: whoever sees a new one reads again.
Task<PagePtr> Feed::read(const FindQuery& query, const Client& client) {
  const auto epoch = epoch_;
  PagePtr page = co_await readers_.read(query, client.request_id());
  if (page != nullptr && page->epoch == nullptr) page->epoch = epoch;
  co_return page;
}

PagePtr Feed::page_in_memory(const FindQuery& query) {
  if (!freshness_.is_recent()) return nullptr;
  if (PagePtr known = pages_.find(query)) return known;
  auto found = tail_.find(query, query.limit + 1);
  if (!found) return nullptr;
  if (found->empty()) return empty_page(query.after, tail_.last_position());
  PagePtr page =
      make_page_forwards(std::move(*found), {query.limit, limits_.page_bytes}, query.changes);
  page->epoch = epoch_;
  pages_.keep(query, page);
  return page;
}

// For a reader who has everything up to the position. A cursor beyond it stays where it is.
PagePtr Feed::empty_page(const MessageId& after, const MessageId& position) {
  const MessageId next = std::max(after, ceiling_of(position));
  if (nothing_ == nullptr || nothing_->position != next || nothing_->epoch != epoch_) {
    auto page = std::make_shared<Page>();
    page->position = next;
    page->epoch = epoch_;
    nothing_ = std::move(page);
  }
  return nothing_;
}

}  // namespace chat
