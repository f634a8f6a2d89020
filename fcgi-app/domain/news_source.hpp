// Where news comes from: a store that can also wait for a hint.
//
// Every call blocks, so it never runs on the loop's thread. A source belongs to the news thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "domain/message.hpp"
#include "domain/page.hpp"
#include "domain/store_error.hpp"

namespace chat {

// What tells a reader of news whether the messages that it has seen are still there. Read in one
// snapshot with them.
struct StoreState {
  std::string lineage;           // another one after a fail-over or a restore
  std::uint64_t connection = 0;  // the how-manieth: between two of them anything may have happened
  MessageId position{};          // never behind a message that was ever seen, unless rewound
  std::int64_t removals = 0;     // how often messages went or changed without a version
  MessageId newest_removed{};    // the greatest id among these
  std::string epoch;             // what a reader is told of it: api `Chat-Epoch`
  bool handed_over = false;      // there is something that SQL callers have handed over
};

struct News {
  StoreState state;
  std::vector<MessagePtr> messages;  // with a greater id, oldest first
  std::vector<MessagePtr> changes;   // with a greater version, in the order of versions
};

class NewsSource {
 public:
  NewsSource() = default;
  NewsSource(const NewsSource&) = delete;
  NewsSource& operator=(const NewsSource&) = delete;
  virtual ~NewsSource() = default;

  // The first messages of all rooms with a greater id, and the first with a greater version: at
  // most `limit` of each, in one snapshot, as they are now. Throws StoreUnavailable.
  virtual News find_news(const MessageId& after, std::size_t limit) = 0;

  // The newest messages of all rooms, oldest first: as many as fit the limits. Throws
  // StoreUnavailable.
  virtual std::vector<MessagePtr> find_newest(const PageLimits& limits) = 0;

  // The greatest id or version, or nil when there is no message. Throws StoreUnavailable.
  virtual MessageId last_position() = 0;

  // Makes the epoch another one for all, after the store was put back to an older state. Throws
  // StoreUnavailable.
  virtual void note_another_history() = 0;

  // How far the store's clock is ahead of this host's, give or take half the time of a call. Throws
  // StoreUnavailable.
  virtual std::chrono::microseconds clock_offset() = 0;

  // Returns when there may be news, when `wake_fd` is readable, or after `at_most`. A hint that
  // came during the last look counts. Never throws: a lost connection shows at the next look.
  virtual void wait(int wake_fd, std::chrono::milliseconds at_most) = 0;
};

}  // namespace chat
