#include "chat/reader_pool.hpp"

#include "chat/error.hpp"
#include "failure_log.hpp"

namespace chat {
namespace {

constexpr Failure read_failed{LogLevel::warning, "read failed", "reading works again",
                              /*ends_with_success=*/true};

}  // namespace

ReaderPool::ReaderPool(Executor loop, DeadlineWheel& wheel, const StoreFactory& make_store,
                       const Limits& limits)
    : loop_(loop), wheel_(wheel), limits_(limits), queue_(limits.queued_reads) {
  for (std::size_t i = 0; i < limits.threads; ++i) {
    threads_.emplace_back(
        [this, store = std::shared_ptr<MessageStore>(make_store())] { run(*store); });
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
  JobPtr& joinable = joinable_[query.key()];
  // A query that has begun may have looked before this reader asked.
  if (joinable && !joinable->started) return joinable;
  auto job = std::make_shared<Job>();
  job->query = query;
  job->request_id = request_id;
  joinable = job;
  if (!queue_.push(job)) {
    joinable_.erase(query.key());
    throw Error(ErrorCode::overloaded, "Unavailable: Too many readers are waiting");
  }
  return job;
}

void ReaderPool::run(MessageStore& store) {
  for (;;) {
    std::vector<JobPtr> jobs = queue_.take(1);
    if (jobs.empty()) return;
    JobPtr job = std::move(jobs.front());
    job->started = true;
    PagePtr page = look(store, *job);
    boost::asio::post(loop_, [this, job = std::move(job), page = std::move(page)] {
      const auto joinable = joinable_.find(job->query.key());
      if (joinable != joinable_.end() && joinable->second == job) joinable_.erase(joinable);
      complete_all(job->tickets, page);
    });
  }
}

PagePtr ReaderPool::look(MessageStore& store, const Job& job) const {
  const FindQuery& query = job.query;
  const PageLimits limits{query.limit, limits_.page_bytes};
  try {
    PagePtr page =
        query.before
            ? make_page_backwards(store.find_before(query.room, *query.before, limits), limits)
            : make_page_forwards(store.find_after(query.room, query.after, limits), limits);
    failure_log().succeeded(read_failed);
    return page;
  } catch (const std::exception& failure) {
    // Also what no store should throw here: a reader's thread must not take the worker with it.
    failure_log().happened(read_failed,
                           {{"request_id", job.request_id}, {"error", failure.what()}});
    return nullptr;
  }
}

}  // namespace chat
