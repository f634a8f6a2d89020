// What a worker has just stored itself, as news for its own readers.
#pragma once

#include <vector>

#include "domain/write_store.hpp"

namespace chat {

// The messages that one call has stored.
struct OwnNews {
  MessageId follows{};               // WriteResult::follows
  std::vector<MessagePtr> messages;  // by id, never empty
};

// Of a batch and its results those that were stored now: in one piece, or, where they were stored
// one by one, in several.
std::vector<OwnNews> own_news_of(const std::vector<NewMessage>& batch,
                                 const std::vector<WriteResult>& results);

// A change is left to the next look: what the message is now is read there.
std::vector<OwnNews> own_news_of(const std::vector<MessageChange>& batch,
                                 const std::vector<WriteResult>& results);

}  // namespace chat
