#include "failure_log.hpp"

#include <algorithm>

namespace chat {
namespace {

std::string seconds(FailureLog::Clock::duration time) {
  return std::to_string(std::chrono::round<std::chrono::seconds>(time).count());
}

}  // namespace

void FailureLog::happened(const Failure& failure, LogFields fields, std::string_view which,
                          Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  const auto known = std::find_if(open_.begin(), open_.end(), [&](const Open& open) {
    return open.failure == &failure && open.which == which;
  });
  if (known == open_.end()) {
    log_line(failure.level, failure.event, fields);
    open_.push_back({&failure, std::string(which), now, now, now, std::nullopt, 1, 0, {}});
    idle_ = false;
    return;
  }
  known->last = now;
  known->success.reset();
  ++known->times;
  ++known->untold;
  known->fields.assign(fields.begin(), fields.end());
}

void FailureLog::succeeded(const Failure& failure, Clock::time_point now) {
  if (idle_) return;
  const std::lock_guard lock(mutex_);
  for (Open& open : open_) {
    if (open.failure == &failure && !open.success) open.success = now;
  }
}

void FailureLog::tell(Clock::time_point now) {
  if (idle_) return;
  const std::lock_guard lock(mutex_);
  for (Open& open : open_) {
    if (is_over(open, now)) {
      tell_end(open);
    } else if (open.untold > 0 && now - open.told_at >= interval_) {
      tell_again(open, now);
    }
  }
  std::erase_if(open_, [&](const Open& open) { return is_over(open, now); });
  idle_ = open_.empty();
}

bool FailureLog::is_over(const Open& open, Clock::time_point now) const {
  constexpr int after_success = 6;
  if (!open.failure->ends_with_success) return now - open.last >= interval_;
  return open.success && now - open.last >= interval_ / after_success;
}

void FailureLog::tell_again(Open& open, Clock::time_point now) {
  std::vector<LogField> fields = {{"times", std::to_string(open.untold)},
                                  {"seconds", seconds(now - open.told_at)}};
  fields.insert(fields.end(), open.fields.begin(), open.fields.end());
  log_line(open.failure->level, open.failure->event, fields);
  open.untold = 0;
  open.told_at = now;
}

// Of one that came once and is over by itself all is said.
void FailureLog::tell_end(const Open& open) {
  if (open.times == 1 && !open.failure->ends_with_success) return;
  std::vector<LogField> fields = {
      {"times", std::to_string(open.times)},
      {"seconds", seconds(open.success.value_or(open.last) - open.begin)}};
  if (!open.which.empty()) fields.emplace_back("error", open.which);
  log_line(LogLevel::info, open.failure->end, fields);
}

FailureLog& failure_log() {
  static FailureLog log;
  return log;
}

}  // namespace chat
