// Short ways to write the messages of a test.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/find_query.hpp"
#include "domain/message.hpp"

namespace chat::test {

// The nth id: its millisecond is n, and the ids of greater numbers are greater.
inline MessageId id_of(unsigned n) {
  MessageId id{};
  id.data[4] = static_cast<std::uint8_t>(n >> 8);
  id.data[5] = static_cast<std::uint8_t>(n);
  id.data[15] = 1;
  return id;
}

inline MessagePtr message(unsigned n, std::string room = "lobby", std::string body = "") {
  if (body.empty()) body = "message " + std::to_string(n);
  return std::make_shared<Message>(
      Message{id_of(n), std::move(room), std::nullopt, std::move(body)});
}

inline NewMessage new_message(std::string body, std::string key, std::string room = "lobby") {
  return {std::move(room), std::nullopt, std::move(body), {}, std::move(key), {}};
}

inline FindQuery query_after(const MessageId& after, RoomSet rooms = {}) {
  FindQuery query;
  query.after = after;
  query.rooms = std::move(rooms);
  return query;
}

inline FindQuery page_before(const MessageId& before, std::size_t limit) {
  FindQuery query;
  query.before = before;
  query.limit = limit;
  return query;
}

// As a reader who knows that messages change.
inline FindQuery with_changes(FindQuery query) {
  query.changes = true;
  return query;
}

// Answered without waiting.
inline FindQuery at_once(FindQuery query) {
  query.timeout = std::chrono::seconds{0};
  return query;
}

inline std::vector<std::string> bodies_of(const std::vector<MessagePtr>& messages) {
  std::vector<std::string> bodies;
  for (const MessagePtr& each : messages) bodies.push_back(each->body);
  return bodies;
}

using Bodies = std::vector<std::string>;

}  // namespace chat::test
