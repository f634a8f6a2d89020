#include "feed/reader_pool.hpp"

#include <algorithm>

#include "domain/error.hpp"
#include "failure_log.hpp"

namespace chat {
namespace {

constexpr Failure read_failed{LogLevel::warning, "read failed", "reading works again",
                              /*ends_with_success=*/true};

// One statement looks for so many readers, some 10 ms of work, and brings the pages of so many: at
// most 4 MB.
constexpr std::size_t looks_per_statement = 500;
constexpr std::size_t rooms_per_statement = 2000;
constexpr std::size_t pages_per_statement = 16;

// Of what was found after an older cursor, in the order of the query, what is after its own.
std::vector<MessagePtr> after_cursor(const FindQuery& query, const std::vector<MessagePtr>& found) {
  const auto next = std::upper_bound(found.begin(), found.end(), query.after,
                                     [&](const MessageId& cursor, const MessagePtr& message) {
                                       return cursor < cursor_of(query, *message);
                                     });
  return {next, found.end()};
}

}  // namespace

ReaderPool::ReaderPool(Executor loop, DeadlineWheel& wheel, const ReadStoreFactory& make_store,
                       const Limits& limits)
    : loop_(loop), wheel_(wheel), limits_(limits) {
  for (std::size_t i = 0; i < limits.threads; ++i) {
    threads_.emplace_back(
        [this, store = std::shared_ptr<ReadStore>(make_store())] { run(*store); });
  }
}

ReaderPool::~ReaderPool() {
  queue_.close();
  for (std::thread& thread : threads_) thread.join();
}

Task<PagePtr> ReaderPool::read(const FindQuery& query, std::string_view request_id) {
  const JobPtr job = join_or_queue(query, request_id);
  Ticket<PagePtr> ticket;
  job->tickets.push_back(ticket);
  co_return co_await ticket.result(wheel_, wheel_.after(limits_.timeout));
}

ReaderPool::JobPtr ReaderPool::join_or_queue(const FindQuery& query, std::string_view request_id) {
  const auto known = joinable_.find(query.key());
  // A query that has begun may have looked before this reader asked.
  if (known != joinable_.end() && !known->second->started) return known->second;
  auto job = std::make_shared<Job>();
  job->limited = query.before || query.timeout.count() == 0;
  job->query = query;
  job->request_id = request_id;
  queue(job);
  joinable_[query.key()] = job;
  return job;
}

void ReaderPool::queue_question(Question question, std::string_view request_id) {
  auto job = std::make_shared<Job>();
  job->limited = true;
  job->question = std::move(question);
  job->request_id = request_id;
  queue(job);
}

void ReaderPool::queue(const JobPtr& job) {
  if (job->limited && waiting_reads_ >= limits_.queued_reads) {
    throw Error(ErrorCode::overloaded, "Unavailable: Too many readers are waiting");
  }
  if (job->limited) ++waiting_reads_;
  queue_.push(job);
}

// Answered by the same kind of statement.
bool ReaderPool::joined(const JobPtr& a, const JobPtr& b) {
  if (a->question || b->question) return false;
  const FindQuery& one = a->query;
  const FindQuery& other = b->query;
  if (one.before || other.before || one.rooms.is_all() != other.rooms.is_all()) return false;
  return !one.rooms.is_all() || one.changes == other.changes;
}

void ReaderPool::run(ReadStore& store) {
  for (;;) {
    const Jobs jobs = queue_.take_joined(looks_per_statement, joined);
    if (jobs.empty()) return;
    for (const JobPtr& job : jobs) {
      job->started = true;
      if (job->limited) --waiting_reads_;
    }
    answer(store, jobs);
  }
}

// Every job gets an answer, whatever the store does.
void ReaderPool::answer(ReadStore& store, const Jobs& jobs) {
  try {
    if (jobs.front()->question) {
      jobs.front()->question(&store);
    } else if (jobs.front()->query.before) {
      answer_backwards(store, jobs.front());
    } else if (jobs.front()->query.rooms.is_all()) {
      answer_for_all_rooms(store, jobs);
    } else {
      answer_forwards(store, jobs);
    }
    failure_log().succeeded(read_failed);
  } catch (const std::exception& failure) {
    // Also what no store should throw here: a reader's thread must not take the worker with it.
    // Those who were answered before it failed wait for nothing any more.
    failure_log().happened(read_failed, {{"request_id", jobs.front()->request_id},
                                         {"readers", std::to_string(jobs.size())},
                                         {"error", failure.what()}});
    if (jobs.front()->question) {
      jobs.front()->question(nullptr);
    } else {
      complete(jobs, std::vector<PagePtr>(jobs.size()));
    }
  }
}

void ReaderPool::answer_backwards(ReadStore& store, const JobPtr& job) {
  const FindQuery& query = job->query;
  OlderMessages found = store.find_before(query, limits_.page_bytes);
  std::optional<MessageId> position;
  if (query.before == max_message_id) position = ceiling_of(found.position);
  complete({job}, {make_page_backwards(std::move(found.messages), limits_of(query), position)});
}

// Few are answered by one statement. Of many, one says first who has news at all: pages of all of
// them would be more than a statement should bring.
void ReaderPool::answer_forwards(ReadStore& store, const Jobs& jobs) {
  Jobs left = jobs;
  if (jobs.size() > pages_per_statement) left = answer_without_news(store, jobs);
  for (std::size_t begin = 0; begin < left.size(); begin += pages_per_statement) {
    const std::size_t end = std::min(begin + pages_per_statement, left.size());
    answer_with_pages(store, {left.begin() + static_cast<std::ptrdiff_t>(begin),
                              left.begin() + static_cast<std::ptrdiff_t>(end)});
  }
}

ReaderPool::Jobs ReaderPool::answer_without_news(ReadStore& store, const Jobs& jobs) {
  Jobs with_news;
  for (std::size_t begin = 0; begin < jobs.size();) {
    std::size_t end = begin;
    for (std::size_t rooms = 0; end < jobs.size() && rooms < rooms_per_statement; ++end) {
      rooms += jobs[end]->query.rooms.names().size();
    }
    const Jobs asked{jobs.begin() + static_cast<std::ptrdiff_t>(begin),
                     jobs.begin() + static_cast<std::ptrdiff_t>(end)};
    const std::vector<bool> any = store.find_any_after(queries_of(asked));
    Jobs without;
    for (std::size_t i = 0; i < asked.size(); ++i) {
      (any.at(i) ? with_news : without).push_back(asked[i]);
    }
    complete(without, std::vector<PagePtr>(without.size(), std::make_shared<Page>()));
    begin = end;
  }
  return with_news;
}

void ReaderPool::answer_for_all_rooms(ReadStore& store, Jobs jobs) {
  std::sort(jobs.begin(), jobs.end(),
            [](const JobPtr& a, const JobPtr& b) { return a->query.after < b->query.after; });
  while (!jobs.empty()) {
    FindQuery query = jobs.front()->query;
    query.limit = max_page_messages;
    const std::vector<MessagePtr> found = store.find_after({query}, limits_.page_bytes).at(0);
    const bool all = !make_page_forwards(found, limits_of(query))->more;
    Jobs answered;
    Jobs left;
    std::vector<PagePtr> pages;
    for (const JobPtr& job : jobs) {
      PagePtr page =
          make_page_forwards(after_cursor(job->query, found), limits_of(job->query), query.changes);
      // A page that is full is one, whatever else was found.
      const bool is_whole = all || page->more;
      (is_whole ? answered : left).push_back(job);
      if (is_whole) pages.push_back(std::move(page));
    }
    complete(std::move(answered), std::move(pages));
    jobs = std::move(left);
  }
}

void ReaderPool::answer_with_pages(ReadStore& store, const Jobs& jobs) {
  std::vector<std::vector<MessagePtr>> found =
      store.find_after(queries_of(jobs), limits_.page_bytes);
  std::vector<PagePtr> pages;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const FindQuery& query = jobs[i]->query;
    pages.push_back(make_page_forwards(std::move(found.at(i)), limits_of(query), query.changes));
  }
  complete(jobs, std::move(pages));
}

PageLimits ReaderPool::limits_of(const FindQuery& query) const {
  return {query.limit, limits_.page_bytes};
}

std::vector<FindQuery> ReaderPool::queries_of(const Jobs& jobs) {
  std::vector<FindQuery> queries;
  queries.reserve(jobs.size());
  for (const JobPtr& job : jobs) queries.push_back(job->query);
  return queries;
}

void ReaderPool::complete(Jobs jobs, std::vector<PagePtr> pages) {
  boost::asio::post(loop_, [this, jobs = std::move(jobs), pages = std::move(pages)] {
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      const auto joinable = joinable_.find(jobs[i]->query.key());
      if (joinable != joinable_.end() && joinable->second == jobs[i]) joinable_.erase(joinable);
      complete_all(jobs[i]->tickets, pages[i]);
    }
  });
}

}  // namespace chat
