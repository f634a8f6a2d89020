#include "chat/message_appender.hpp"

#include <algorithm>

#include "domain/error.hpp"
#include "failure_log.hpp"
#include "metrics/worker_metrics.hpp"

namespace chat {
namespace {

constexpr std::chrono::milliseconds retry_pause{100};
// A worker that was stopped for longer than `retry_for` still tries again when it goes on.
constexpr int least_attempts = 3;
// Old keys go in small bites, so that no message waits long behind one, and as often as there are
// some left: 5,000 a second are more than a worker stores keys of its own.
constexpr std::size_t forget_at_most = 1000;
constexpr std::chrono::milliseconds forget_pause{200};
constexpr std::chrono::minutes forget_interval{10};

constexpr Failure append_failed{LogLevel::warning, "append failed", "appending works again",
                                /*ends_with_success=*/true};
constexpr Failure batch_rejected{LogLevel::error, "batch rejected", "no more batches rejected"};
constexpr Failure forgetting_failed{LogLevel::warning, "forgetting old keys failed",
                                    "old keys are forgotten again", /*ends_with_success=*/true};

// The line of a batch belongs to many requests; a few of their ids lead to the rest.
std::string request_ids_of(const std::vector<NewMessage>& batch) {
  constexpr std::size_t most = 5;
  std::string ids;
  for (std::size_t i = 0; i < std::min(batch.size(), most); ++i) {
    if (!ids.empty()) ids += ',';
    ids += batch[i].request_id;
  }
  return ids;
}

void log_failure(const std::vector<NewMessage>& batch, const char* why) {
  failure_log().happened(append_failed, {{"request_id", request_ids_of(batch)},
                                         {"messages", std::to_string(batch.size())},
                                         {"error", why}});
  metrics().counters.append_failures.add();
}

void count(std::size_t messages, std::chrono::steady_clock::duration taken) {
  WorkerCounters& counters = metrics().counters;
  counters.append_batch_size.observe(messages);
  counters.append_us.observe(static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(taken).count()));
}

}  // namespace

// Says since when a call is under way, for as long as it is.
class MessageAppender::InCall {
 public:
  InCall(std::atomic<Clock::time_point>& since, Clock::time_point begin) : since_(since) {
    since_ = begin;
  }
  ~InCall() { since_ = no_call; }
  InCall(const InCall&) = delete;
  InCall& operator=(const InCall&) = delete;

 private:
  std::atomic<Clock::time_point>& since_;
};

MessageAppender::MessageAppender(Executor loop, DeadlineWheel& wheel,
                                 std::unique_ptr<WriteStore> store, const Limits& limits)
    : loop_(loop),
      wheel_(wheel),
      limits_(limits),
      queue_(limits.queued_messages),
      store_(std::move(store)),
      health_(limits.probe_interval),
      thread_([this] { run(); }) {}

MessageAppender::~MessageAppender() {
  shut_down();
  queue_.close();
  thread_.join();
}

Task<AppendResult> MessageAppender::append(NewMessage message) {
  auto job = std::make_shared<Job>();
  job->message = std::move(message);
  Ticket<AppendResult> ticket;
  job->tickets.push_back(ticket);
  if (!queue_.push(job)) {
    throw Error(ErrorCode::overloaded, "Unavailable: Too many messages are waiting to be stored");
  }
  co_return co_await ticket.result(wheel_, wheel_.after(limits_.timeout));
}

// A call costs some 0.3 ms of CPU whatever its batch: the statement, its commit and the look of
// every worker that it wakes. Where many post, the cores are busy, and those who were just answered
// post again at once: a pause for them makes fewer calls, and all of them are answered sooner for
// it.
void MessageAppender::run() {
  while (!queue_.finished()) {
    const Clock::time_point next = std::min(next_forgetting_, health_.next_probe());
    const std::vector<JobPtr> jobs = queue_.take_until(limits_.batch_messages, next);
    if (!jobs.empty()) store(jobs);
    if (jobs.size() >= limits_.busy_messages) std::this_thread::sleep_for(limits_.busy_pause);
    if (!shut_down_ && Clock::now() >= health_.next_probe()) probe();
    if (Clock::now() >= next_forgetting_) forget_old_keys();
  }
}

void MessageAppender::store(const std::vector<JobPtr>& jobs) {
  std::vector<NewMessage> batch;
  batch.reserve(jobs.size());
  for (const JobPtr& job : jobs) batch.push_back(std::move(job->message));
  boost::asio::post(loop_, [jobs, results = store_batch(batch)] {
    for (std::size_t i = 0; i < jobs.size(); ++i) complete_all(jobs[i]->tickets, results[i]);
  });
}

MessageAppender::Results MessageAppender::store_batch(const std::vector<NewMessage>& batch) {
  try {
    return append_with_retries(batch);
  } catch (const StoreRejected& refusal) {
    failure_log().happened(batch_rejected, {{"request_id", request_ids_of(batch)},
                                            {"messages", std::to_string(batch.size())},
                                            {"error", refusal.what()}});
    // The batch is all or nothing: one message that the store refuses must not take the others with
    // it.
    if (batch.size() > 1) return store_one_by_one(batch);
    health_.refused();
    return {AppendResult{AppendResult::Outcome::rejected, {}, StoreTrouble::none}};
  }
}

MessageAppender::Results MessageAppender::store_one_by_one(const std::vector<NewMessage>& batch) {
  Results results;
  for (const NewMessage& message : batch) results.push_back(store_batch({message}).front());
  return results;
}

MessageAppender::Results MessageAppender::append_with_retries(
    const std::vector<NewMessage>& batch) {
  for (;;) {
    StoreTrouble trouble = StoreTrouble::refuses;
    try {
      const Clock::time_point begin = Clock::now();
      const InCall in_call(in_call_since_, begin);
      Results results = store_->append(batch);
      failures_ = 0;
      failure_log().succeeded(append_failed);
      health_.stored();
      count(batch.size(), Clock::now() - begin);
      return results;
    } catch (const StoreRejected&) {
      failures_ = 0;  // the store is there
      throw;
    } catch (const StoreUnavailable& failure) {
      trouble = failure.trouble();
      log_failure(batch, failure.what());
    } catch (const std::exception& failure) {
      // What no store should throw: this thread must not take the worker with it.
      log_failure(batch, failure.what());
    }
    // Safe to send again even when the commit is in doubt: every message has its key, and a message
    // that was stored answers its key.
    if (!may_retry()) {
      health_.gave_up(trouble);
      return Results(batch.size(), AppendResult{AppendResult::Outcome::unavailable, {}, trouble});
    }
    std::this_thread::sleep_for(retry_pause);
  }
}

void MessageAppender::probe() {
  const InCall in_call(in_call_since_, Clock::now());
  health_.probe(*store_);
}

StoreTrouble MessageAppender::trouble() const {
  return stuck() ? StoreTrouble::does_not_answer : health_.trouble();
}

bool MessageAppender::stuck() const {
  const Clock::time_point since = in_call_since_;
  return since != no_call && Clock::now() - since >= limits_.stuck_after;
}

bool MessageAppender::may_retry() {
  if (failures_++ == 0) failing_since_ = Clock::now();
  if (shut_down_) return false;
  // Once the store has been away for that long, later batches are tried once each and refused
  // quickly, rather than making every client wait in turn.
  return failures_ < least_attempts || Clock::now() - failing_since_ < limits_.retry_for;
}

void MessageAppender::forget_old_keys() {
  bool more = false;
  try {
    more = store_->forget_old_keys(forget_at_most) == forget_at_most;
    failure_log().succeeded(forgetting_failed);
  } catch (const std::exception& failure) {
    failure_log().happened(forgetting_failed, {{"error", failure.what()}});
  }
  next_forgetting_ = Clock::now();
  next_forgetting_ += more ? Clock::duration(forget_pause) : Clock::duration(forget_interval);
}

}  // namespace chat
