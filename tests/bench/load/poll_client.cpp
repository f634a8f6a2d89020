#include "bench/load/poll_client.hpp"

namespace load {
namespace {

// A server that is in trouble must not be asked by everybody all the time.
constexpr Nanoseconds retry_after_ns = 100 * ns_per_ms;

}  // namespace

void PollClient::connected() {
  // A poll that opened its connection again was sent by the connection itself.
  if (dialect_.parks() && !connection_.is_waiting()) ask();
  if (opened_) return;
  opened_ = true;
  observer_.opened();
}

void PollClient::answered(const Answer& answer) {
  const Nanoseconds arrived_ns = now_ns();
  const auto news = dialect_.understand(answer, cursor_);
  if (news == Dialect::News::unreadable) {
    network_.count_failure(answer);
    return failed();
  }
  if (dialect_.parks()) ask();
  if (news == Dialect::News::some) {
    observer_.has_news(*this, arrived_ns, answer.body);
  } else {
    ++network_.tally.empty_answers;
  }
}

void PollClient::failed() {
  network_.loop.after(retry_after_ns, [this] { dialect_.parks() ? ask() : open(); });
}

}  // namespace load
