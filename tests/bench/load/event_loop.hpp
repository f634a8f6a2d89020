// One thread's epoll loop with timers.
#pragma once

#include "bench/load/clock.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <map>

struct epoll_event;

namespace load {

class EventHandler {
 public:
  virtual void handle_events(std::uint32_t events) = 0;

 protected:
  ~EventHandler() = default;
};

class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // For both directions and edge-triggered, so that a descriptor costs one epoll_ctl in its life.
  // Closing it ends the watch.
  void watch(int descriptor, EventHandler& handler);

  void at(Nanoseconds when_ns, std::function<void()> act) {
    timers_.emplace(when_ns, std::move(act));
  }
  void after(Nanoseconds pause_ns, std::function<void()> act) {
    at(now_ns() + pause_ns, std::move(act));
  }

  // Until stop().
  void run();
  void stop() { stopped_ = true; }

  // When the events at hand were fetched: near enough to now, and free.
  Nanoseconds woken_ns() const { return woken_ns_; }

 private:
  void run_timers();
  int wait(epoll_event* events, int most);

  int epoll_;
  bool stopped_ = false;
  Nanoseconds woken_ns_ = now_ns();
  std::multimap<Nanoseconds, std::function<void()>> timers_;
};

}  // namespace load
