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
// One of so many writes is sent once more, at the same time or after its answer.
constexpr std::uint64_t twin_one_in = 40;
constexpr std::uint64_t repeat_one_in = 40;
constexpr std::uint64_t reconnect_one_in = 200;
constexpr milliseconds twin_check{5};
constexpr seconds most_behind{3};
// After one of so many messages one is changed, and of these changes so many are deletions.
constexpr std::uint64_t change_one_in = 8;
constexpr std::uint64_t delete_one_in = 4;
// Messages that are remembered, to be changed.
constexpr std::size_t most_own = 30;

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
      twin_client_(run.loop, run.server),
      ledger_(run, name_) {}

Task<void> Writer::write() {
  while (!run_.finishing) {
    co_await keep_pace();
    co_await post();
    // What was sent twice may still come, and must not come after what follows it.
    if (!twin_is_out_ && any(random_, change_one_in) == 0) co_await change_something();
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

Own Writer::next_message() {
  Own message;
  message.serial = std::uint64_t{number_} << 32 | count_++;
  message.author = any(random_, 4) == 0 ? "" : name_;
  message.room = run_.room(random_());
  return message;
}

Task<void> Writer::post() {
  Own message = next_message();
  const std::optional<Id> id = co_await carry_out(post_of(message, random_));
  if (!id) co_return;
  message.id = *id;
  own_.push_back(std::move(message));
  if (own_.size() > most_own) own_.pop_front();
}

// One change after the other: so it is known which of them must be the last.
Task<void> Writer::change_something() {
  if (own_.empty()) co_return;
  const auto place = own_.begin() + static_cast<std::ptrdiff_t>(any(random_, own_.size()));
  Own message = *place;
  own_.erase(place);
  ++message.changes;
  if (any(random_, delete_one_in) == 0) {
    co_await carry_out(deletion_of(message));
    co_return;
  }
  const std::optional<Id> id = co_await carry_out(edit_of(message, random_));
  if (id) own_.push_back(std::move(message));
}

Task<std::optional<Id>> Writer::carry_out(Errand errand) {
  errand.write.edit_key = "the-key-of-whoever-is-" + name_;
  errand.write.key = next_key();
  ledger_.sent(errand);
  if (uses_keys_ && !twin_is_out_ && any(random_, twin_one_in) == 0) deliver_twin(errand);
  std::optional<Id> id = co_await deliver(errand, client_);
  if (uses_keys_ && any(random_, repeat_one_in) == 0) {
    id = co_await deliver(errand, client_);
    ++run_.report.repeated;
  }
  co_return id;
}

std::string Writer::next_key() {
  if (!uses_keys_) return "";
  const std::uint64_t key = std::uint64_t{number_} << 32 | keys_++;
  return std::to_string(run_.options.seed) + "-" + std::to_string(key);
}

Task<std::optional<Id>> Writer::deliver(Errand errand, HttpClient& client) {
  bool unsure = false;
  for (;;) {
    const std::uint64_t asked_at = now_ms();
    const Answer answer = co_await client.send(errand.write, patience);
    std::optional<Id> id;
    const bool answered = ledger_.answered(errand, answer, asked_at, id);
    if (answered && unsure) ++run_.report.resolved;
    if (answered) co_return id;
    co_await run_.sleep(pause_of(answer, random_));
    if (!unsure) ++run_.report.unknown;
    unsure = true;
    if (errand.write.key.empty()) {
      ledger_.unresolved(errand);
      co_return std::nullopt;
    }
  }
}

// The same from a second connection, as when somebody clicks twice.
void Writer::deliver_twin(const Errand& errand) {
  twin_is_out_ = true;
  const auto twin = [](Writer& self, Errand copy) -> Task<void> {
    co_await self.deliver(std::move(copy), self.twin_client_);
    ++self.run_.report.repeated;
    self.twin_is_out_ = false;
  };
  boost::asio::co_spawn(run_.loop.get_executor(), twin(*this, errand), boost::asio::detached);
}

}  // namespace chaos
