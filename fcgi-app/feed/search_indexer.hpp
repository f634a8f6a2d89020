// Fills the search index behind the posts: a thread that looks for what was said or changed once
// there is news, and puts it into the index in bites. Of all workers one does it.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "domain/search_store.hpp"

namespace chat {

class SearchIndexer {
 public:
  struct Limits {
    // How far the index may be behind when all is well; 0: nothing is filled. A bite costs about
    // the same whatever it holds.
    std::chrono::milliseconds interval{500};
    // How often it looks although nobody has heard of news: for what was changed by hand, and for
    // what another worker has left when it ended.
    std::chrono::milliseconds quiet_interval{5000};
    std::size_t bite = 500;
    // Between two bites of a backlog, for those who post.
    std::chrono::milliseconds pause{10};
  };

  SearchIndexer(std::unique_ptr<SearchStore> store, const Limits& limits);
  ~SearchIndexer();
  SearchIndexer(const SearchIndexer&) = delete;
  SearchIndexer& operator=(const SearchIndexer&) = delete;

  // There is something new. On any thread.
  void note_news();

 private:
  void run();
  // True: there may be more.
  bool fill_up();
  template <class Found>
  bool fill(Found found);
  // Until there is news, or the time is over.
  void wait_for_news(std::chrono::milliseconds time);
  void rest(std::chrono::milliseconds time);

  const Limits limits_;
  // Only on the thread.
  std::unique_ptr<SearchStore> store_;
  std::size_t bite_;  // the next one: smaller after one that failed

  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> news_{false};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace chat
