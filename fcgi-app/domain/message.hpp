// What is said: the domain's types and limits. This file knows no technology.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "domain/message_id.hpp"

namespace chat {

inline constexpr std::size_t max_body_bytes = 10'000;
inline constexpr std::size_t max_room_bytes = 64;
inline constexpr std::size_t max_author_bytes = 128;
inline constexpr std::size_t max_key_bytes = 64;
inline constexpr std::size_t max_page_messages = 1000;
inline constexpr std::chrono::seconds default_poll_timeout{10};
inline constexpr std::chrono::seconds max_poll_timeout{55};
inline constexpr std::string_view default_room = "lobby";

struct Message {
  MessageId id{};
  std::string room;
  std::optional<std::string> author;
  std::string body;
};

// Shared between the tail window and every answer that carries it.
using MessagePtr = std::shared_ptr<const Message>;

struct NewMessage {
  std::string room{default_room};
  std::optional<std::string> author;
  std::string body;
  // Whom the web server vouches for; empty for nobody. A key belongs to its user.
  std::string user;
  // Stores the message once however often it is sent. Never empty when it reaches the appender.
  std::string idempotency_key;
  std::string request_id;  // for the log
};

// What a reader asks for. `before` pages backwards and never waits; `after` is ignored then.
struct FindQuery {
  std::string room{default_room};
  MessageId after = nil_message_id;
  std::optional<MessageId> before;
  std::size_t limit = max_page_messages;
  std::chrono::seconds timeout = default_poll_timeout;

  // Queries of one key are for the same page, so readers share it.
  using Key = std::tuple<std::string, bool, MessageId, std::size_t>;
  [[nodiscard]] Key key() const {
    return {room, before.has_value(), before.value_or(after), limit};
  }
};

// Each throws Error(invalid_argument) with a sentence for the client.
void validate_room(std::string_view room);
void validate_author(std::string_view author);
void validate_body(std::string_view body);
void validate_idempotency_key(std::string_view key);

}  // namespace chat
