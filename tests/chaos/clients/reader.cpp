#include "chaos/clients/reader.hpp"

#include <cstdio>

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

}  // namespace

const Reader::Habits Reader::kinds[] = {
    {1000, -1, false, false, 0, false},    // a page that never closes
    {1000, 1, true, false, 250, false},    //
    {20, -1, true, false, 0, false},       // small pages, as fast as they come
    {100, 3, false, false, 250, true},     //
    {1000, -1, false, true, 100, false},   // comes late and reads everything
    {1000, -1, true, true, 250, true},     // comes late and reads what is new
    {100, 0, false, false, 250, false},    // never waits
    {1000, 10, true, false, 1000, false},  // is slow
};

Reader::Reader(Run& run, unsigned number)
    : run_(run),
      number_(number),
      name_("reader-" + std::to_string(number)),
      // Every kind in every room, once there are enough.
      room_(run.room(number + number / std::size(kinds))),
      habits_(kinds[number % std::size(kinds)]),
      random_(run.options.seed * 7'368'787 + number),
      client_(run.loop, run.server),
      history_(run.options.history, number) {}

Task<void> Reader::read() {
  co_await start();
  for (;;) {
    const bool last = run_.all_written();
    const bool may_leave = habits_.impatient && !last && any(random_, leave_one_in) == 0;
    const std::uint64_t asked_at = now_ms();
    const Answer answer = co_await poll(may_leave);
    if (answer.status == 200) {
      const bool news = take(answer, asked_at);
      if (last && !news) co_return;
    } else if (may_leave && answer.failure == "silence") {
      continue;
    } else {
      run_.report.error(name_, answer, asked_at);
      if (answer.retry_after_s > 0) co_await run_.sleep(seconds(answer.retry_after_s));
    }
    if (any(random_, reconnect_one_in) == 0) client_.hang_up();
    if (habits_.pause_ms > 0 && !run_.finishing)
      co_await run_.sleep(milliseconds(any(random_, habits_.pause_ms)));
  }
}

Task<void> Reader::start() {
  if (habits_.late) {
    // Also ends soon when the run does.
    const std::uint64_t begin = now_ms() + any(random_, run_.options.spread_s * 1000);
    while (now_ms() < begin && !run_.finishing) co_await run_.sleep(milliseconds(100));
  }
  if (habits_.from_the_middle) {
    while (!co_await start_in_the_middle()) co_await run_.sleep(milliseconds(200));
  }
  print_start();
}

// Opens the newest page, as a person does, and follows from its end or from somewhere in it.
Task<bool> Reader::start_in_the_middle() {
  const std::uint64_t asked_at = now_ms();
  const Answer answer = co_await client_.get(
      "/messages?before=ffffffff-ffff-ffff-ffff-ffffffffffff&limit=50&room=" + room_, patience);
  if (answer.status != 200) {
    run_.report.error(name_, answer, asked_at);
    co_return false;
  }
  const auto page = read_page(answer.body);
  if (!page) run_.report.error(name_, "malformed answer", answer.body, asked_at);
  if (page && !page->empty()) after_ = (*page)[any(random_, page->size())].id;
  co_return page.has_value();
}

Task<Answer> Reader::poll(bool may_leave) {
  const milliseconds wait =
      may_leave ? milliseconds(1 + any(random_, leave_within_ms)) : milliseconds(patience);
  co_return co_await client_.get(query(), wait);
}

bool Reader::take(const Answer& answer, std::uint64_t asked_at) {
  const auto page = read_page(answer.body);
  if (!page) {
    run_.report.error(name_, "malformed answer", answer.body, asked_at);
    return true;
  }
  if (page->size() > habits_.limit) {
    run_.report.error(name_, "page over its limit", std::to_string(page->size()), asked_at);
  }
  run_.report.read(page->size());
  history_.add(*page, asked_at);
  if (!page->empty()) after_ = page->back().id;
  return !page->empty();
}

std::string Reader::query() const {
  std::string query = "/messages?room=" + room_ + "&after=" + format_id(after_) +
                      "&limit=" + std::to_string(habits_.limit);
  const int timeout_s = run_.finishing ? last_timeout_s : habits_.timeout_s;
  if (timeout_s >= 0) query += "&timeout=" + std::to_string(timeout_s);
  return query;
}

void Reader::print_start() const {
  std::printf(R"({"reader":%u,"room":"%s","after":"%s"})"
              "\n",
              number_, room_.c_str(), format_id(after_).c_str());
  std::fflush(stdout);
}

}  // namespace chaos
