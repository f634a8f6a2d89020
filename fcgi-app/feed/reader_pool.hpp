// Looks into the store for readers whose cursor is older than the tail window: first pages, older
// pages, `before`. A few threads, each with a store of its own.
//
// When a worker has died, thousands of polls come to another at once, and most of their rooms have
// no news: one statement answers for all looks that wait, so that a herd costs a few.
#pragma once

#include <atomic>
#include <boost/asio/post.hpp>
#include <functional>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "domain/find_query.hpp"
#include "domain/page.hpp"
#include "domain/read_store.hpp"
#include "runtime/blocking_queue.hpp"
#include "runtime/loop.hpp"
#include "runtime/ticket.hpp"

namespace chat {

class ReaderPool {
 public:
  struct Limits {
    std::size_t threads = 2;
    std::size_t queued_reads = 1000;  // without polls, which the waiting room limits
    std::size_t page_bytes = default_page_bytes;
    std::chrono::milliseconds timeout{8000};  // for one read, queueing included
  };

  ReaderPool(Executor loop, DeadlineWheel& wheel, const ReadStoreFactory& make_store,
             const Limits& limits);
  ~ReaderPool();
  ReaderPool(const ReaderPool&) = delete;
  ReaderPool& operator=(const ReaderPool&) = delete;

  // A page that is at least as fresh as the moment of the call; null when the store is unavailable.
  // Readers who ask the same before the query has begun share one query. Throws Error(overloaded)
  // when too many wait, but for a query with a timeout: a poll is never refused here. The request's
  // id is for the log. On the loop's thread.
  Task<PagePtr> read(const FindQuery& query, std::string_view request_id = {});

  // Asks the store anything else: `question` runs on a reader's thread. Null when the store is
  // unavailable or the time is up. Throws Error(overloaded) when too many wait. On the loop's
  // thread.
  template <class Answer>
  Task<std::shared_ptr<const Answer>> ask(std::function<Answer(ReadStore&)> question,
                                          std::string_view request_id) {
    using Tickets = TicketQueue<std::shared_ptr<const Answer>>;
    Ticket<std::shared_ptr<const Answer>> ticket;
    const auto tickets = std::make_shared<Tickets>();
    tickets->push_back(ticket);
    queue_question(
        [this, tickets, question = std::move(question)](ReadStore* store) {
          std::shared_ptr<const Answer> answer;
          if (store != nullptr) answer = std::make_shared<const Answer>(question(*store));
          boost::asio::post(loop_, [tickets, answer] { complete_all(*tickets, answer); });
        },
        request_id);
    co_return co_await ticket.result(wheel_, wheel_.after(limits_.timeout));
  }

  // Reads that no thread has taken yet.
  [[nodiscard]] std::size_t queued() const { return queue_.size(); }

 private:
  // Given no store when it could not be asked. Brings its answer to the loop by itself.
  using Question = std::function<void(ReadStore*)>;

  struct Job {
    FindQuery query;
    Question question;  // instead of the query
    std::string request_id;
    bool limited = false;  // counts in waiting_reads_ until it is started
    std::atomic<bool> started{false};
    TicketQueue<PagePtr> tickets;  // only on the loop's thread
  };
  using JobPtr = std::shared_ptr<Job>;

  using Jobs = std::vector<JobPtr>;

  static bool joined(const JobPtr& a, const JobPtr& b);
  void queue_question(Question question, std::string_view request_id);
  void queue(const JobPtr& job);
  JobPtr join_or_queue(const FindQuery& query, std::string_view request_id);
  void run(ReadStore& store);
  void answer(ReadStore& store, const Jobs& jobs);
  void answer_backwards(ReadStore& store, const JobPtr& job);
  void answer_forwards(ReadStore& store, const Jobs& jobs);
  // Answers those that have nothing new; returns the others.
  Jobs answer_without_news(ReadStore& store, const Jobs& jobs);
  void answer_with_pages(ReadStore& store, const Jobs& jobs);
  // What one finds, others find as well who are further on.
  void answer_for_all_rooms(ReadStore& store, Jobs jobs);
  [[nodiscard]] PageLimits limits_of(const FindQuery& query) const;
  static std::vector<FindQuery> queries_of(const Jobs& jobs);
  void complete(Jobs jobs, std::vector<PagePtr> pages);

  Executor loop_;
  DeadlineWheel& wheel_;
  const Limits limits_;
  BlockingQueue<JobPtr> queue_;
  std::atomic<std::size_t> waiting_reads_{0};  // those in the queue that are no polls
  std::map<FindQuery::Key, JobPtr> joinable_;  // only on the loop's thread
  std::vector<std::thread> threads_;
};

}  // namespace chat
