#include "feed/freshness.hpp"

#include <algorithm>

namespace chat {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds refresh_timeout{2000};
// A slow look is not yet a lost one.
constexpr milliseconds least_look_patience{5000};

}  // namespace

Freshness::Freshness(DeadlineWheel& wheel, NewsFeed& news_feed, milliseconds look_interval)
    : wheel_(wheel), news_feed_(news_feed), look_interval_(look_interval) {}

void Freshness::take(const Look& look) {
  last_look_failed_ = look.kind == Look::Kind::failed;
  if (!last_look_failed_) last_look_at_ = wheel_.now();
  const bool ended = look.kind == Look::Kind::done || last_look_failed_;
  if (ended) serve_tickets(look.ticket, !last_look_failed_);
}

std::optional<std::string> Freshness::trouble() const {
  if (last_look_failed_) return "The database is out of reach";
  if (is_recent()) return std::nullopt;
  return "The database has not answered for " + std::to_string(silence() / seconds{1}) + " s";
}

milliseconds Freshness::silence() const {
  return (wheel_.now() - last_look_at_) * DeadlineWheel::tick_length;
}

// Else what it holds may have been deleted since.
bool Freshness::is_recent() const {
  return silence() < std::max(least_look_patience, 3 * look_interval_);
}

// False when no look has begun and ended well by now.
Task<bool> Freshness::refresh() {
  Ticket<bool> ticket;
  const std::uint64_t number = news_feed_.request_look();
  tickets_[number].push_back(ticket);
  const bool fresh = co_await ticket.result(wheel_, wheel_.after(refresh_timeout));
  // A feed that hangs must not leave a queue behind for everyone who has given up waiting.
  const auto left = tickets_.find(number);
  if (left != tickets_.end() && left->second.empty()) tickets_.erase(left);
  co_return fresh;
}

void Freshness::serve_tickets(std::uint64_t up_to, bool succeeded) {
  while (!tickets_.empty() && tickets_.begin()->first <= up_to) {
    TicketQueue<bool> served = std::move(tickets_.begin()->second);
    tickets_.erase(tickets_.begin());
    complete_all(served, succeeded);
  }
}

}  // namespace chat
