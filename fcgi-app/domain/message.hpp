// What is said: the domain's types and limits. This file knows no technology.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/message_id.hpp"
#include "domain/room_set.hpp"

namespace chat {

inline constexpr std::size_t max_body_bytes = 10'000;
inline constexpr std::size_t max_room_bytes = 64;
inline constexpr std::size_t max_author_bytes = 128;
inline constexpr std::size_t max_key_bytes = 64;
inline constexpr std::size_t min_edit_key_bytes = 22;
inline constexpr std::size_t max_edit_key_bytes = 64;
inline constexpr std::size_t max_page_messages = 1000;
inline constexpr std::chrono::seconds default_poll_timeout{10};
inline constexpr std::chrono::seconds max_poll_timeout{55};

struct Message {
  MessageId id{};
  std::string room;
  std::optional<std::string> author;
  std::string body;
  // The position of its last change, minted like an id and greater than every one before it. Empty:
  // it is as it was first said.
  std::optional<MessageId> version{};
  bool deleted = false;    // then there is no body
  bool signed_in = false;  // the author is not what the sender wrote, but who he was

  // Where it stands in the one order of what was said and what was changed.
  [[nodiscard]] const MessageId& position() const { return version ? *version : id; }
};

// Shared between the tail window and every answer that carries it.
using MessagePtr = std::shared_ptr<const Message>;

// SHA-256 of a secret, which itself is kept nowhere.
using SecretDigest = std::array<std::uint8_t, 32>;

struct NewMessage {
  std::string room{default_room};
  std::optional<std::string> author;
  std::string body;
  // Whom the web server vouches for; empty for nobody. A key belongs to its user.
  std::string user;
  // Stores the message once however often it is sent. Never empty when it reaches the appender.
  std::string idempotency_key;
  std::string request_id;  // for the log
  // Whoever sends that key again may change the message. Not for somebody with a user: he may.
  std::optional<SecretDigest> edit_key{};
};

// What somebody asks to be done with a message that is there.
struct MessageChange {
  MessageId id{};
  std::optional<std::string> body;  // the new one; empty: the message is deleted
  std::string user;                 // as in NewMessage, and so the next two
  std::string idempotency_key;
  std::string request_id;
  std::optional<SecretDigest> edit_key{};
  // Only if its position is one of these.
  std::optional<std::vector<MessageId>> if_match{};
};

// Each throws Error(invalid_argument) with a sentence for the client.
void validate_room(std::string_view room);
void validate_author(std::string_view author);
void validate_body(std::string_view body);
void validate_idempotency_key(std::string_view key);
void validate_edit_key(std::string_view key);

}  // namespace chat
