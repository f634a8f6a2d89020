#include "bench/load/event_loop.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace load {
namespace {

// Few system calls when thousands of answers come at once.
constexpr std::size_t batch = 512;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

EventLoop::EventLoop() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) fail("epoll_create1");
}

EventLoop::~EventLoop() { close(epoll_); }

void EventLoop::watch(int descriptor, EventHandler& handler) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &handler;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0) fail("epoll_ctl");
}

void EventLoop::run() {
  std::array<epoll_event, batch> events;
  while (!stopped_) {
    const int count = wait(events.data(), batch);
    woken_ns_ = now_ns();
    for (int i = 0; i < count && !stopped_; ++i) {
      static_cast<EventHandler*>(events[i].data.ptr)->handle_events(events[i].events);
    }
    run_timers();
  }
}

// In nanoseconds: milliseconds would be too coarse for a rate of thousands a second.
int EventLoop::wait(epoll_event* events, int most) {
  timespec pause{};
  if (!timers_.empty()) {
    const auto left_ns = std::max<Nanoseconds>(0, timers_.begin()->first - now_ns());
    pause.tv_sec = left_ns / ns_per_s;
    pause.tv_nsec = left_ns % ns_per_s;
  }
  const int count = epoll_pwait2(epoll_, events, most, timers_.empty() ? nullptr : &pause, nullptr);
  if (count < 0 && errno != EINTR) fail("epoll_pwait2");
  return std::max(count, 0);
}

void EventLoop::run_timers() {
  while (!stopped_ && !timers_.empty() && timers_.begin()->first <= now_ns()) {
    // Taken out first: what it does may set timers.
    auto timer = timers_.extract(timers_.begin());
    timer.mapped()();
  }
}

}  // namespace load
