// The chat without a web server: all parts of a worker over a database in memory. The news thread
// is never started; a test tells the service itself what the news feed would.
#pragma once

#include <list>
#include <memory>

#include "chat/chat_service.hpp"
#include "errors.hpp"
#include "loop_fixture.hpp"
#include "memory_store.hpp"

namespace chat::test {

class ChatFixture : public LoopFixture {
 public:
  // More than a socket holds, so that answers can be slow.
  static constexpr std::size_t page_bytes = std::size_t{4} << 20;

  struct Options {
    std::size_t max_polls = 1000;
    std::size_t window_messages = 1000;
    std::size_t queued_reads = 1000;
    std::chrono::milliseconds look_interval{1000};
  };

  ChatFixture() : ChatFixture(Options{}) {}
  explicit ChatFixture(const Options& options)
      : waiting_room(loop.get_executor(), wheel, options.max_polls),
        tail({options.window_messages, std::size_t{1} << 20, 1000}),
        readers(loop.get_executor(), wheel,
                [this] { return std::make_unique<MemoryStore>(database); },
                {2, options.queued_reads, page_bytes}),
        feed(wheel, waiting_room, tail, readers, news_feed,
             {page_bytes, std::size_t{1} << 20, options.look_interval}) {}

  // No task may be left waiting: its frame would never be freed.
  ~ChatFixture() {
    database.release();
    waiting_room.shut_down();
    settle();
  }

  MemoryDatabase database;
  WaitingRoom waiting_room;
  TailWindow tail;
  ReaderPool readers;
  MessageWriter writer{loop.get_executor(), wheel, std::make_unique<MemoryStore>(database),
                       MessageWriter::Limits{}};
  NewsFeed news_feed{loop.get_executor(), std::make_unique<MemoryNewsSource>(database),
                     NewsFeed::Limits{}};
  Feed feed;
  ChatService service{feed, writer};

  // What the news feed tells first, when all up to now is known to be stored.
  void prime() {
    last_told_ = database.last_position();
    tell({Look::Kind::primed, last_told_, {}, {}, 0, {}});
    look_succeeds();
  }

  // The feed has found something new, and the loop hears of it now.
  void tell_news() {
    const News news = database.find_news(last_told_, 1000);
    epoch_ = news.state.epoch;
    if (news.messages.empty() && news.changes.empty()) return;
    if (!news.messages.empty()) last_told_ = std::max(last_told_, news.messages.back()->id);
    if (!news.changes.empty()) last_told_ = std::max(last_told_, news.changes.back()->position());
    feed.take({Look::Kind::news, last_told_, news.messages, news.changes, 0, {}});
  }

  // The feed looks, finds what is new, and is done with all requests so far.
  void look_succeeds() {
    tell_news();
    tell({Look::Kind::done, last_told_, {}, {}, news_feed.request_look(), epoch_});
  }

  // The feed is done with all requests so far, and nothing new was found.
  void look_succeeds_without_news() {
    tell({Look::Kind::done, last_told_, {}, {}, news_feed.request_look(), epoch_});
  }

  void look_fails() {
    tell({Look::Kind::failed, last_told_, {}, {}, news_feed.request_look(), {}});
  }

  // Somebody asks and is answered, or waits.
  Running<PagePtr> ask(const FindQuery& query) {
    return start(find(service, query, clients.emplace_back()));
  }
  Running<PagePtr> ask_before(const FindQuery& query) {
    return start(find_before(service, query, clients.emplace_back()));
  }

  // Those who asked, in order.
  std::list<Client> clients;

  // Time passes in a worker whose news feed goes on looking each second.
  void pass_with_looks(std::chrono::seconds time) {
    for (auto left = time; left.count() > 0; --left) {
      pass(std::chrono::seconds{1});
      look_succeeds();
    }
  }

 private:
  // The frame keeps the query for as long as the service needs it.
  static Task<PagePtr> find(ChatService& chat, FindQuery query, Client& client) {
    co_return co_await chat.find_messages(query, client);
  }
  static Task<PagePtr> find_before(ChatService& chat, FindQuery query, Client& client) {
    co_return co_await chat.find_messages_before(query, client);
  }

  void tell(const Look& look) {
    feed.take(look);
    settle();
  }

  MessageId last_told_{};
  std::string epoch_;
};

// Why what runs did not end well; empty when it did.
template <class T>
std::optional<ErrorCode> failure_of(const Running<T>& running) {
  return code_thrown_by([&] { return running.result(); });
}

}  // namespace chat::test
