#include "chat/message_appender.hpp"

#include "chat/error.hpp"
#include "log.hpp"

namespace chat {
namespace {

constexpr std::chrono::milliseconds retry_pause{100};
// A worker that was stopped for longer than `retry_for` still tries again when it goes on.
constexpr int least_attempts = 3;
constexpr std::chrono::minutes forget_interval{10};

}  // namespace

MessageAppender::MessageAppender(Executor loop, DeadlineWheel& wheel,
                                 std::unique_ptr<MessageStore> store, const Limits& limits)
    : loop_(loop),
      wheel_(wheel),
      limits_(limits),
      queue_(limits.queued_messages),
      store_(std::move(store)),
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
    throw Error(ErrorCode::unavailable, "Unavailable: Too many messages are waiting to be stored");
  }
  co_return co_await ticket.result(wheel_, wheel_.after(limits_.timeout));
}

void MessageAppender::run() {
  for (;;) {
    std::vector<JobPtr> jobs = queue_.take(limits_.batch_messages);
    if (jobs.empty()) return;
    std::vector<NewMessage> batch;
    batch.reserve(jobs.size());
    for (const JobPtr& job : jobs) batch.push_back(std::move(job->message));
    Results results = store_batch(batch);
    boost::asio::post(loop_, [jobs = std::move(jobs), results = std::move(results)] {
      for (std::size_t i = 0; i < jobs.size(); ++i) complete_all(jobs[i]->tickets, results[i]);
    });
    forget_old_keys();
  }
}

MessageAppender::Results MessageAppender::store_batch(const std::vector<NewMessage>& batch) {
  try {
    return append_with_retries(batch);
  } catch (const StoreRejected& refusal) {
    log_error("batch rejected",
              {{"error", refusal.what()}, {"messages", std::to_string(batch.size())}});
    // The batch is all or nothing: one message that the store refuses must not take the others with
    // it.
    if (batch.size() > 1) return store_one_by_one(batch);
    return {AppendResult{AppendResult::Outcome::rejected, {}}};
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
    try {
      Results results = store_->append(batch);
      failures_ = 0;
      return results;
    } catch (const StoreUnavailable& failure) {
      // Safe to send again even when the commit is in doubt: every message has its key, and a
      // message that was stored answers its key.
      log_warning("append failed",
                  {{"error", failure.what()}, {"messages", std::to_string(batch.size())}});
      if (!may_retry()) return Results(batch.size());
      std::this_thread::sleep_for(retry_pause);
    }
  }
}

bool MessageAppender::may_retry() {
  if (failures_++ == 0) failing_since_ = Clock::now();
  if (shut_down_) return false;
  // Once the store has been away for that long, later batches are tried once each and refused
  // quickly, rather than making every client wait in turn.
  return failures_ < least_attempts || Clock::now() - failing_since_ < limits_.retry_for;
}

void MessageAppender::forget_old_keys() {
  if (Clock::now() - keys_forgotten_at_ < forget_interval) return;
  keys_forgotten_at_ = Clock::now();
  try {
    store_->forget_old_keys();
  } catch (const std::runtime_error& failure) {
    log_warning("forgetting old keys failed", {{"error", failure.what()}});
  }
}

}  // namespace chat
