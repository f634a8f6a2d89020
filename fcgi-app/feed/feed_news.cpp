// What the feed is told: what the news feed found, and what this worker has stored itself.
#include <set>

#include "feed/feed.hpp"
#include "feed/places.hpp"

namespace chat {

void Feed::take(Look look) {
  if (look.kind == Look::Kind::primed) {
    tail_.prime(look.position);
    pages_.clear();
    // What was stored between a poll's own look and this moment is no news: all look again.
    waiting_room_.announce_to_all();
  } else if (look.kind == Look::Kind::reloaded) {
    tail_.reload(look.messages, look.position);
    pages_.clear();
  } else if (look.kind == Look::Kind::news) {
    publish(look);
  } else if (look.kind == Look::Kind::done) {
    take_epoch(look.epoch);
  }
  freshness_.take(look);
}

// Of what memory knows already the news feed, which does not, tells again.
void Feed::take_own(const OwnNews& news) {
  if (!tail_.primed() || ceiling_of(tail_.last_position()) != news.follows) return;
  Look look{Look::Kind::news, news.messages.back()->id, news.messages};
  publish(look);
}

void Feed::publish(Look& news) {
  const MessageId known = tail_.last_position();
  if (news.position <= known) return;
  std::erase_if(news.messages, [&](const MessagePtr& each) { return each->id <= known; });
  std::erase_if(news.changes, [&](const MessagePtr& each) { return each->position() <= known; });
  tail_.publish(news.messages, news.changes, news.position);
  pages_.clear();
  announce(news);
}

void Feed::announce(const Look& news) {
  std::set<std::string> places;
  for (const MessagePtr& message : news.messages) {
    places.insert({message->room, place_for_changes(message->room)});
  }
  if (!news.messages.empty()) places.insert(all_rooms);
  for (const MessagePtr& message : news.changes) places.insert(place_for_changes(message->room));
  places.insert(place_for_changes(all_rooms));
  for (const std::string& place : places) waiting_room_.announce(place);
}

// All who wait are woken: those who ask for it are told.
void Feed::take_epoch(const std::string& epoch) {
  if (epoch_ != nullptr && *epoch_ == epoch) return;
  epoch_ = std::make_shared<const std::string>(epoch);
  pages_.clear();
  waiting_room_.announce_to_all();
}

}  // namespace chat
