#include "chat/message_writer.hpp"

#include <algorithm>

#include "chat/write_log.hpp"
#include "domain/error.hpp"
#include "failure_log.hpp"
#include "metrics/worker_metrics.hpp"
#include "runtime/pause.hpp"

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

constexpr Failure batch_rejected{LogLevel::error, "batch rejected", "no more batches rejected"};
constexpr Failure forgetting_failed{LogLevel::warning, "forgetting old keys failed",
                                    "old keys are forgotten again", /*ends_with_success=*/true};

constexpr Failure hand_over_failed{LogLevel::warning, "what SQL handed over was not done",
                                   "what SQL hands over is done again",
                                   /*ends_with_success=*/true};
constexpr std::size_t handed_over_at_most = 500;

std::vector<WriteResult> write_to(WriteStore& store, const std::vector<NewMessage>& batch) {
  return store.append(batch);
}

std::vector<WriteResult> write_to(WriteStore& store, const std::vector<MessageChange>& batch) {
  return store.change(batch);
}

}  // namespace

// Says since when a call is under way, for as long as it is.
class MessageWriter::InCall {
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

MessageWriter::MessageWriter(Executor loop, DeadlineWheel& wheel, std::unique_ptr<WriteStore> store,
                             const Limits& limits)
    : loop_(loop),
      wheel_(wheel),
      limits_(limits),
      queue_(limits.queued_messages),
      store_(std::move(store)),
      health_(limits.probe_interval),
      thread_([this] { run(); }) {}

MessageWriter::~MessageWriter() {
  shut_down();
  queue_.close();
  thread_.join();
}

Task<WriteResult> MessageWriter::append(NewMessage message) { return write(std::move(message)); }

// A row that somebody holds is no reason for the others of its batch to wait, and so it is tried
// again with another one.
Task<WriteResult> MessageWriter::change(MessageChange change) {
  const DeadlineWheel::Tick end = wheel_.after(limits_.locked_for);
  for (;;) {
    WriteResult result = co_await write(change);
    const bool again = result.outcome == WriteResult::Outcome::locked && wheel_.now() < end;
    if (!again || shut_down_) co_return result;
    co_await pause(wheel_, retry_pause);
  }
}

Task<WriteResult> MessageWriter::write(std::variant<NewMessage, MessageChange> write) {
  auto job = std::make_shared<Job>();
  job->write = std::move(write);
  Ticket<WriteResult> ticket;
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
void MessageWriter::run() {
  while (!queue_.finished()) {
    const Clock::time_point next =
        handed_over_ ? Clock::now() : std::min(next_forgetting_, health_.next_probe());
    std::vector<JobPtr> jobs = queue_.take_until(limits_.batch_messages, next);
    std::erase(jobs, nullptr);
    write_all<NewMessage>(jobs);
    write_all<MessageChange>(jobs);
    if (handed_over_.exchange(false)) do_what_was_handed_over();
    if (jobs.size() >= limits_.busy_messages) std::this_thread::sleep_for(limits_.busy_pause);
    if (!shut_down_ && Clock::now() >= health_.next_probe()) probe();
    if (Clock::now() >= next_forgetting_) forget_old_keys();
  }
}

template <class Write>
void MessageWriter::write_all(const std::vector<JobPtr>& jobs) {
  std::vector<Write> batch;
  std::vector<JobPtr> of_batch;
  for (const JobPtr& job : jobs) {
    if (auto* const write = std::get_if<Write>(&job->write)) {
      batch.push_back(std::move(*write));
      of_batch.push_back(job);
    }
  }
  if (batch.empty()) return;
  Results results = write_batch(batch);
  std::vector<OwnNews> own_news = own_news_of(batch, results);
  boost::asio::post(loop_, [this, jobs = std::move(of_batch), results = std::move(results),
                            own_news = std::move(own_news)] {
    for (const OwnNews& each : own_news) own_news_listener_(each);
    for (std::size_t i = 0; i < jobs.size(); ++i) complete_all(jobs[i]->tickets, results[i]);
  });
}

template <class Write>
MessageWriter::Results MessageWriter::write_batch(const std::vector<Write>& batch) {
  try {
    return write_with_retries(batch);
  } catch (const StoreRejected& refusal) {
    failure_log().happened(batch_rejected, {{"request_id", request_ids_of(batch)},
                                            {"messages", std::to_string(batch.size())},
                                            {"error", refusal.what()}});
    // The batch is all or nothing: one write that the store refuses must not take the others with
    // it.
    if (batch.size() > 1) return write_one_by_one(batch);
    health_.refused();
    return {WriteResult{WriteResult::Outcome::rejected, {}, StoreTrouble::none}};
  }
}

template <class Write>
MessageWriter::Results MessageWriter::write_one_by_one(const std::vector<Write>& batch) {
  Results results;
  for (const Write& write : batch) {
    results.push_back(write_batch(std::vector<Write>{write}).front());
  }
  return results;
}

template <class Write>
MessageWriter::Results MessageWriter::write_with_retries(const std::vector<Write>& batch) {
  for (;;) {
    StoreTrouble trouble = StoreTrouble::refuses;
    try {
      const Clock::time_point begin = Clock::now();
      const InCall in_call(in_call_since_, begin);
      Results results = write_to(*store_, batch);
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
    // Safe to send again even when the commit is in doubt: every write has its key, and what was
    // done answers its key.
    if (!may_retry()) {
      health_.gave_up(trouble);
      return Results(batch.size(), WriteResult{WriteResult::Outcome::unavailable, {}, trouble});
    }
    std::this_thread::sleep_for(retry_pause);
  }
}

// The thread may be waiting for work: an empty job wakes it. When the queue is full, it is awake.
void MessageWriter::note_handed_over() {
  if (!handed_over_.exchange(true)) queue_.push(nullptr);
}

// What fails is tried again when the next look finds that it is still there.
void MessageWriter::do_what_was_handed_over() {
  try {
    const InCall in_call(in_call_since_, Clock::now());
    const std::size_t done = store_->do_what_was_handed_over(handed_over_at_most);
    if (done == handed_over_at_most) handed_over_ = true;
    failure_log().succeeded(hand_over_failed);
  } catch (const std::exception& failure) {
    failure_log().happened(hand_over_failed, {{"error", failure.what()}});
  }
}

void MessageWriter::probe() {
  const InCall in_call(in_call_since_, Clock::now());
  health_.probe(*store_);
}

StoreTrouble MessageWriter::trouble() const {
  return stuck() ? StoreTrouble::does_not_answer : health_.trouble();
}

bool MessageWriter::stuck() const {
  const Clock::time_point since = in_call_since_;
  return since != no_call && Clock::now() - since >= limits_.stuck_after;
}

bool MessageWriter::may_retry() {
  if (failures_++ == 0) failing_since_ = Clock::now();
  if (shut_down_) return false;
  // Once the store has been away for that long, later batches are tried once each and refused
  // quickly, rather than making every client wait in turn.
  return failures_ < least_attempts || Clock::now() - failing_since_ < limits_.retry_for;
}

void MessageWriter::forget_old_keys() {
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
