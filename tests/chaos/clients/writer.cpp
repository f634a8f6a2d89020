#include "chaos/clients/writer.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace chaos {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds patience{40};
// One of so many writers has no keys: what nginx sends again must be stored once all the same.
constexpr unsigned keyless_one_in = 8;
// One of so many POSTs is sent once more, at the same time or after its answer.
constexpr std::uint64_t twin_one_in = 40;
constexpr std::uint64_t repeat_one_in = 40;
constexpr std::uint64_t reconnect_one_in = 200;
constexpr milliseconds twin_check{5};
constexpr seconds most_behind{3};

// Everybody who was told to wait a second would come back in the same moment.
milliseconds pause_of(const Answer& answer, Random& random) {
  if (answer.stale_connection) return milliseconds{0};
  const milliseconds told = seconds(answer.retry_after_s > 0 ? answer.retry_after_s : 0);
  return told + milliseconds(any(random, 100));
}

}  // namespace

Writer::Writer(Run& run, unsigned number)
    : run_(run),
      number_(number),
      name_("writer-" + std::to_string(number)),
      uses_keys_(number % keyless_one_in != keyless_one_in - 1),
      random_(run.options.seed * 1'000'003 + number),
      client_(run.loop, run.server),
      twin_client_(run.loop, run.server) {}

Task<void> Writer::write() {
  while (!run_.finishing) {
    co_await keep_pace();
    const Post post = next_post();
    run_.posts.add(post.saying.serial, Event::sent, {{}, post.saying.digest}, now_ms());
    ++run_.report.sent;
    if (uses_keys_ && !twin_is_out_ && any(random_, twin_one_in) == 0) deliver_twin(post);
    co_await deliver(post, client_);
    if (uses_keys_ && any(random_, repeat_one_in) == 0) {
      co_await deliver(post, client_);
      ++run_.report.repeated;
    }
    // Without a key nobody could say whether a POST that met a closing connection was stored.
    if (!uses_keys_ || any(random_, reconnect_one_in) == 0) client_.hang_up();
  }
  while (twin_is_out_) co_await run_.sleep(twin_check);
}

// What a fault held up is made up for, but not for ever: a long outage must not end in a flood.
Task<void> Writer::keep_pace() {
  using std::chrono::steady_clock;
  if (run_.options.rate == 0) co_return;
  const auto now = steady_clock::now();
  due_ = std::max(due_, now - most_behind);
  if (due_ > now) {
    co_await run_.sleep(std::chrono::duration_cast<milliseconds>(due_ - now));
  }
  due_ += std::chrono::nanoseconds(seconds(run_.options.writers)) / run_.options.rate;
}

Writer::Post Writer::next_post() {
  const std::uint64_t serial = std::uint64_t{number_} << 32 | count_++;
  const std::string author = any(random_, 4) == 0 ? "" : name_;
  Post post{make_saying(serial, run_.room(random_()), author, random_), ""};
  if (uses_keys_) {
    post.key = std::to_string(run_.options.seed) + "-" + std::to_string(serial);
  }
  return post;
}

Task<void> Writer::deliver(Post post, HttpClient& client) {
  bool unsure = false;
  for (;;) {
    const bool answered = co_await attempt(post, client);
    if (answered && unsure) ++run_.report.resolved;
    if (answered) co_return;
    if (!unsure) ++run_.report.unknown;
    unsure = true;
    if (post.key.empty()) {
      ++run_.report.unresolved;
      run_.posts.add(post.saying.serial, Event::unresolved, {{}, post.saying.digest}, now_ms());
      co_return;
    }
  }
}

Task<bool> Writer::attempt(const Post& post, HttpClient& client) {
  const std::uint64_t asked_at = now_ms();
  const Answer answer = co_await client.post(post.saying.json, post.key, patience);
  if (answer.status == 200) {
    acknowledge(post, answer, asked_at);
    co_return true;
  }
  if (answer.status == 410) {
    run_.posts.add(post.saying.serial, Event::gone, {{}, post.saying.digest}, asked_at);
    co_return true;
  }
  run_.report.error(name_, answer, asked_at);
  co_await run_.sleep(pause_of(answer, random_));
  co_return false;
}

// The same POST from a second connection, as when somebody clicks twice.
void Writer::deliver_twin(const Post& post) {
  twin_is_out_ = true;
  const auto twin = [](Writer& self, Post copy) -> Task<void> {
    co_await self.deliver(std::move(copy), self.twin_client_);
    ++self.run_.report.repeated;
    self.twin_is_out_ = false;
  };
  boost::asio::co_spawn(run_.loop.get_executor(), twin(*this, post), boost::asio::detached);
}

void Writer::acknowledge(const Post& post, const Answer& answer, std::uint64_t asked_at) {
  const auto seen = read_message(answer.body);
  if (!seen) {
    run_.report.error(name_, "malformed answer", answer.body, asked_at);
    return;
  }
  run_.posts.add(post.saying.serial, Event::answered, *seen, asked_at);
  run_.report.acknowledged(asked_at);
}

}  // namespace chaos
