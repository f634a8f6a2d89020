#include "http/message_streams.hpp"

#include <algorithm>
#include <utility>

#include "domain/error.hpp"
#include "http/events.hpp"
#include "metrics/worker_metrics.hpp"
#include "runtime/pause.hpp"

namespace chat {
namespace {

constexpr std::chrono::milliseconds trouble_pause{1000};
constexpr std::chrono::milliseconds retry_of_refused{5000};
constexpr int comment_every = 15;  // pauses

std::shared_ptr<Response> empty_stream() {
  auto response = std::make_shared<Response>();
  response->content_type = event_stream_type;
  // Where nginx was not told that this is a stream.
  response->headers.emplace_back("X-Accel-Buffering", "no");
  return response;
}

void ended(StreamEnd end) { metrics().counters.stream_ended(end).add(); }

}  // namespace

class MessageStreams::Counted {
 public:
  explicit Counted(std::size_t& count) : count_(count) { ++count_; }
  ~Counted() { --count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::size_t& count_;
};

ResponsePtr MessageStreams::open(StreamQuery query, Client& client) {
  auto response = empty_stream();
  response->stream = [this, query = std::move(query), &client](Outlet& outlet) {
    return run(query.messages, query.from_now, client, outlet);
  };
  return response;
}

// What is told is always the position up to which this reader has everything: what waits for him is
// in no cursor, and so a cut loses nothing.
Task<void> MessageStreams::run(FindQuery query, bool from_now, Client& client, Outlet& outlet) {
  const Counted counted(open_);
  const DeadlineWheel::Tick end = wheel_.after(drawn(limits_.age, 2 * limits_.age));
  PiecePtr piece = retry_field(drawn(limits_.least_retry, limits_.most_retry));
  if (!outlet.send(piece) && !co_await outlet.drained()) co_return ended(StreamEnd::gone);
  PagePtr page = co_await present(outlet);
  if (page == nullptr) co_return ended(StreamEnd::gone);
  if (from_now) query.after = *page->position;
  query.epoch = *page->epoch;
  query.goes_on = true;
  piece = cursor_event(query.after, *query.epoch);
  for (;;) {
    // Whoever is slow is waited for without the page: the outlet has its bytes.
    page = nullptr;
    const bool taken = outlet.send(std::exchange(piece, nullptr));
    if (!taken && !co_await outlet.drained()) break;
    if (outlet.ending()) co_return ended(StreamEnd::shutdown);
    if (wheel_.now() >= end) co_return ended(StreamEnd::age);
    query.timeout = drawn(limits_.quiet, limits_.quiet * 4 / 3);
    bool overloaded = false;
    try {
      page = co_await service_.find_messages(query, client);
      if (page == nullptr) break;
      client.keep_place();
      piece = events_of(query, *page);
      query.after = page->position.value_or(query.after);
      if (page->messages.empty()) query.epoch = *page->epoch;
      metrics().counters.stream_messages.add(page->messages.size());
    } catch (const Error& error) {
      overloaded = error.code() == ErrorCode::overloaded;
      piece = comment(error.what());
    }
    if (overloaded) co_return ended(StreamEnd::overloaded);
  }
  ended(StreamEnd::gone);
}

// Nothing while nothing can be read, but that the stream lives. Null: the client left.
Task<PagePtr> MessageStreams::present(Outlet& outlet) {
  for (int tries = 0;; ++tries) {
    PagePtr page = co_await service_.present();
    if (page != nullptr) co_return page;
    if (outlet.ending()) co_return nullptr;
    if (tries % comment_every == 0) {
      const PiecePtr piece =
          comment("The database is out of reach, and messages come once it is back");
      if (!outlet.send(piece) && !co_await outlet.drained()) co_return nullptr;
    }
    co_await pause(wheel_, trouble_pause);
  }
}

std::chrono::milliseconds MessageStreams::drawn(std::chrono::milliseconds least,
                                                std::chrono::milliseconds most) {
  std::uniform_int_distribution<std::chrono::milliseconds::rep> between(least.count(),
                                                                        most.count());
  return std::chrono::milliseconds{between(random_)};
}

ResponsePtr stream_that_comes_back() {
  auto response = empty_stream();
  response->body = retry_field(retry_of_refused)->text;
  return response;
}

}  // namespace chat
