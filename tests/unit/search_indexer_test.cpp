// How the index is filled: in bites that a statement has the time for.
#include "feed/search_indexer.hpp"

#include <algorithm>
#include <stdexcept>

#include "catch.hpp"
#include "messages.hpp"

using namespace chat;
using namespace chat::test;

namespace {

// An index that can be given only so much at once, as a database with a statement_timeout.
class SlowIndex {
 public:
  SlowIndex(std::vector<MessagePtr> messages, std::size_t most_messages, std::size_t most_tokens)
      : messages_(std::move(messages)), most_messages_(most_messages), most_tokens_(most_tokens) {}

  Unindexed find_unindexed(std::size_t at_most) {
    const std::lock_guard lock(mutex_);
    Unindexed found;
    if (filled_ == messages_.size()) return found;
    const std::size_t count = std::min(at_most, messages_.size() - filled_);
    found.begins_after = position_;
    const auto first = messages_.begin() + static_cast<std::ptrdiff_t>(filled_);
    found.messages.assign(first, first + static_cast<std::ptrdiff_t>(count));
    found.ends_at = found.messages.back()->position();
    return found;
  }

  void index(const Unindexed& found, const TokenLists& tokens) {
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (const auto& each : tokens) count += each.size();
    if (tokens.size() > most_messages_ || (count > most_tokens_ && tokens.size() > 1)) {
      refused_ = true;
      throw StoreUnavailable("the statement took too long");
    }
    if (found.begins_after != position_ || found.messages.size() != tokens.size()) return;
    filled_ += tokens.size();
    position_ = found.ends_at;
    if (position_ != messages_.at(filled_ - 1)->position()) broken_ = true;
    changed_.notify_all();
  }

  [[nodiscard]] bool refused() {
    const std::lock_guard lock(mutex_);
    return refused_;
  }

  // False when nothing more came for longer than any machine needs.
  bool is_filled() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds{20},
                      [this] { return filled_ == messages_.size() || broken_; });
    return filled_ == messages_.size() && !broken_;
  }

 private:
  const std::vector<MessagePtr> messages_;
  const std::size_t most_messages_;
  const std::size_t most_tokens_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t filled_ = 0;
  MessageId position_{};
  bool refused_ = false;
  bool broken_ = false;  // it was said to be filled up to where it is not
};

class SlowIndexStore : public SearchStore {
 public:
  explicit SlowIndexStore(SlowIndex& index) : index_(index) {}
  bool take_turn() override { return true; }
  std::chrono::milliseconds behind() override { return {}; }
  Unindexed find_unindexed(std::size_t at_most) override { return index_.find_unindexed(at_most); }
  ChangedByHand find_changed_by_hand(std::size_t) override { return {}; }
  void index(const Unindexed& found, const TokenLists& tokens) override {
    index_.index(found, tokens);
  }
  void index(const ChangedByHand&, const TokenLists&) override {}

 private:
  SlowIndex& index_;
};

// The same of messages that were all changed by hand.
class ChangedStore : public SearchStore {
 public:
  explicit ChangedStore(SlowIndex& index) : index_(index) {}
  bool take_turn() override { return true; }
  std::chrono::milliseconds behind() override { return {}; }
  Unindexed find_unindexed(std::size_t) override { return {}; }
  ChangedByHand find_changed_by_hand(std::size_t at_most) override {
    found_ = index_.find_unindexed(at_most);
    return {std::vector<std::int64_t>(found_.messages.size(), 1), found_.messages};
  }
  void index(const Unindexed&, const TokenLists&) override {}
  void index(const ChangedByHand& found, const TokenLists& tokens) override {
    if (found.ordinals.size() != found.messages.size()) return;
    found_.messages = found.messages;
    found_.ends_at = found.messages.back()->position();
    index_.index(found_, tokens);
  }

 private:
  SlowIndex& index_;
  Unindexed found_;
};

// How often somebody looked for what is not in the index.
class CountedLooks {
 public:
  void add() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  // False when nobody looked for longer than any machine needs.
  bool reach(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds{20}, [&] { return count_ >= count; });
  }
  int count() {
    const std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

// Has nothing to be filled.
class CountingStore : public SearchStore {
 public:
  explicit CountingStore(CountedLooks& looks) : looks_(looks) {}
  bool take_turn() override { return true; }
  std::chrono::milliseconds behind() override { return {}; }
  Unindexed find_unindexed(std::size_t) override { return {}; }
  ChangedByHand find_changed_by_hand(std::size_t) override {
    looks_.add();
    return {};
  }
  void index(const Unindexed&, const TokenLists&) override {}
  void index(const ChangedByHand&, const TokenLists&) override {}

 private:
  CountedLooks& looks_;
};

// Letters of a script without blanks: no two pairs of them are the same.
std::string many_words(unsigned count) {
  std::string text;
  for (unsigned i = 0; i < count; ++i) {
    const unsigned letter = 0x4e00 + i;
    text += static_cast<char>(0xe0 | letter >> 12);
    text += static_cast<char>(0x80 | (letter >> 6 & 0x3f));
    text += static_cast<char>(0x80 | (letter & 0x3f));
  }
  return text;
}

template <class Store = SlowIndexStore>
bool fills(SlowIndex& index) {
  using std::chrono::milliseconds;
  const SearchIndexer indexer(std::make_unique<Store>(index),
                              {milliseconds{1}, milliseconds{1}, 500, milliseconds{1}});
  return index.is_filled();
}

}  // namespace

TEST_CASE("Messages of thousands of words go into the index a few at a time") {
  std::vector<MessagePtr> messages;
  for (unsigned n = 1; n <= 40; ++n) messages.push_back(message(n, "lobby", many_words(3333)));
  // Of 40 times 6,600 words.
  SlowIndex index(messages, 500, 30'000);
  CHECK(fills(index));
  CHECK_FALSE(index.refused());
}

TEST_CASE("What the database has no time for goes into the index in smaller bites") {
  std::vector<MessagePtr> messages;
  for (unsigned n = 1; n <= 100; ++n) messages.push_back(message(n));
  SlowIndex index(messages, 1, 1000);
  CHECK(fills(index));
  CHECK(index.refused());
}

TEST_CASE("What was changed by hand goes into the index in bites as well") {
  std::vector<MessagePtr> messages;
  for (unsigned n = 1; n <= 40; ++n) messages.push_back(message(n, "lobby", many_words(3333)));
  SlowIndex long_ones(messages, 500, 30'000);
  CHECK(fills<ChangedStore>(long_ones));
  CHECK_FALSE(long_ones.refused());
  SlowIndex slow(messages, 1, 10'000);
  CHECK(fills<ChangedStore>(slow));
  CHECK(slow.refused());
}

TEST_CASE("Who fills the index looks again once there is news, and does not ask for it") {
  using std::chrono::hours;
  using std::chrono::milliseconds;
  CountedLooks looks;
  SearchIndexer indexer(std::make_unique<CountingStore>(looks),
                        {milliseconds{1}, hours{1}, 500, milliseconds{1}});
  for (int n = 1; n <= 3; ++n) {
    REQUIRE(looks.reach(n));
    indexer.note_news();
  }
  CHECK(looks.reach(4));
  CHECK(looks.count() == 4);
}

TEST_CASE("Who fills the index looks without news too, now and then") {
  using std::chrono::milliseconds;
  CountedLooks looks;
  const SearchIndexer indexer(std::make_unique<CountingStore>(looks),
                              {milliseconds{1}, milliseconds{1}, 500, milliseconds{1}});
  CHECK(looks.reach(3));
}
