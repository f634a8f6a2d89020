#include "chaos/clients/reader.hpp"

namespace chaos {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Longer than the longest wait and the longest fault.
constexpr seconds patience{60};
constexpr std::uint64_t reconnect_one_in = 50;
constexpr std::uint64_t leave_one_in = 10;
constexpr std::uint64_t leave_within_ms = 300;
constexpr int last_timeout_s = 1;
constexpr milliseconds try_again{200};
// Browsers wait longer before they come back; here more is to happen.
constexpr std::uint64_t come_back_within_ms = 100;
// Until somebody leaves his stream, or takes the other turn: at most so many arrivals or polls.
constexpr std::uint64_t most_arrivals = 500;
constexpr std::uint64_t most_in_turn = 30;

constexpr Habits kinds[] = {
    {.by_ids = true},  // a page that never closes
    {.way = Way::streams},
    {.changes = true, .all_rooms = true},
    {.way = Way::turns},
    {.by_ids = true, .limit = 20, .from_the_middle = true},  // small pages, as fast as they come
    {.way = Way::streams, .changes = true, .all_rooms = true},
    {.by_ids = true, .late = true, .pause_ms = 100},  // comes late and reads everything
    {.way = Way::turns, .changes = true, .all_rooms = true, .from_the_middle = true},
    {.by_ids = true, .timeout_s = 1, .from_the_middle = true, .pause_ms = 250},
    {.way = Way::streams, .from_the_middle = true, .late = true, .pause_ms = 250},
    {.changes = true, .limit = 20, .timeout_s = 3, .impatient = true},
    {.way = Way::turns, .limit = 100, .late = true, .impatient = true},
    {.by_ids = true, .limit = 100, .timeout_s = 3, .pause_ms = 250, .impatient = true},
    {.limit = 100, .timeout_s = 0, .pause_ms = 250},  // never waits
    {.by_ids = true, .from_the_middle = true, .late = true, .pause_ms = 250, .impatient = true},
    {.timeout_s = 10, .from_the_middle = true, .pause_ms = 1000},  // is slow
};

const Habits& habits_of(unsigned number) { return kinds[number % std::size(kinds)]; }

// Every kind in every room, once there are enough.
std::string room_of(const Run& run, unsigned number) {
  if (habits_of(number).all_rooms) return "*";
  return run.room(number + number / std::size(kinds));
}

}  // namespace

Reader::Reader(Run& run, unsigned number)
    : run_(run),
      habits_(habits_of(number)),
      name_("reader-" + std::to_string(number)),
      random_(run.options.seed * 7'368'787 + number),
      client_(run.loop, run.server),
      stream_(run.loop, run.server),
      notebook_(run, number, habits_, room_of(run, number)) {
  ++run.report.of(habits_).readers;
}

Task<void> Reader::read() {
  co_await start();
  while (!done_) {
    if (notebook_.is_out_of_date()) {
      ++run_.report.begun_again;
      co_await begin_with_newest();
    }
    if (streams_now()) {
      co_await stream();
    } else {
      co_await poll();
    }
    co_await pause();
  }
}

Task<void> Reader::start() {
  if (habits_.late) {
    // Also ends soon when the run does.
    const std::uint64_t begin = now_ms() + any(random_, run_.options.spread_s * 1000);
    while (now_ms() < begin && !run_.finishing) co_await run_.sleep(milliseconds(100));
  }
  if (habits_.from_the_middle) {
    co_await begin_with_newest();
  } else {
    notebook_.begin();
  }
}

// As a person does, who opens the page.
Task<void> Reader::begin_with_newest() {
  for (;;) {
    const std::uint64_t asked_at = now_ms();
    const Answer answer = co_await client_.get(notebook_.newest(), patience);
    if (answer.status == 200 && notebook_.begin_with_newest(answer, asked_at, random_)) co_return;
    if (answer.status != 200) run_.report.error(name_, answer, asked_at);
    co_await run_.sleep(try_again);
  }
}

bool Reader::streams_now() {
  if (habits_.way != Way::turns) return habits_.way == Way::streams;
  if (!streams_ && polls_left_-- > 0) return false;
  streams_ = !streams_;
  polls_left_ = any(random_, most_in_turn);
  return streams_;
}

Task<void> Reader::poll() {
  const bool last = run_.all_written();
  const bool may_leave = habits_.impatient && !last && any(random_, leave_one_in) == 0;
  const milliseconds wait =
      may_leave ? milliseconds(1 + any(random_, leave_within_ms)) : milliseconds(patience);
  const int timeout_s = run_.finishing ? last_timeout_s : habits_.timeout_s;
  const std::uint64_t asked_at = now_ms();
  const Answer answer = co_await client_.get(notebook_.poll(timeout_s), wait);
  if (answer.status == 200) {
    ++run_.report.of(habits_).answers;
    done_ = notebook_.take(answer, asked_at) && last;
  } else if (!may_leave || answer.failure != "silence") {
    run_.report.error(name_, answer, asked_at);
    if (answer.retry_after_s > 0) co_await run_.sleep(seconds(answer.retry_after_s));
  }
  if (any(random_, reconnect_one_in) == 0) client_.hang_up();
}

Task<void> Reader::stream() {
  const bool last = run_.all_written();
  const std::uint64_t asked_at = now_ms();
  const bool opened = co_await open_stream(asked_at);
  std::uint64_t left = 1 + any(random_, habits_.way == Way::turns ? most_in_turn : most_arrivals);
  bool began = false;
  bool goes_on = opened;
  while (goes_on) {
    const Arrival arrival = co_await stream_.next(patience);
    const bool is_all = notebook_.take(arrival.events, asked_at) && began;
    began = began || !arrival.events.empty();
    if (!arrival.failure.empty()) {
      run_.report.error(name_, "stream " + arrival.failure, "", asked_at);
    } else if (!arrival.open && !began) {
      run_.report.error(name_, "stream that begins later", "", asked_at);
    }
    done_ = last && is_all;
    const bool has_enough = last ? done_ : --left == 0 || run_.all_written();
    goes_on = arrival.open && !has_enough && !notebook_.is_out_of_date();
    if (goes_on) co_await pause();
  }
  stream_.hang_up();
  co_await run_.sleep(milliseconds(any(random_, come_back_within_ms)));
}

Task<bool> Reader::open_stream(std::uint64_t asked_at) {
  const Answer answer =
      co_await stream_.open(notebook_.stream(), notebook_.last_event_id(), patience);
  ++run_.report.of(habits_).answers;
  if (answer.status == 200) co_return true;
  const std::string what = answer.status == 0 ? answer.failure : std::to_string(answer.status);
  run_.report.error(name_, "stream " + what, "", asked_at);
  co_return false;
}

Task<void> Reader::pause() {
  if (habits_.pause_ms == 0 || run_.finishing) co_return;
  co_await run_.sleep(milliseconds(any(random_, habits_.pause_ms)));
}

}  // namespace chaos
