#include "bench/floor/responder.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

#include "bench/floor/request.hpp"

namespace least {
namespace {

constexpr std::size_t buffer_size = 64 << 10;
constexpr std::size_t events_at_once = 512;
// Where a process may have 20,000 descriptors.
constexpr std::size_t most_connections = 19'000;
constexpr std::size_t most_descriptors = most_connections + 100;

}  // namespace

Responder::Responder(int listener, std::vector<int> wakers, std::size_t own, const Answers& answers)
    : epoll_(epoll_create1(EPOLL_CLOEXEC)),
      listener_(listener),
      wakers_(std::move(wakers)),
      own_(own),
      answers_(answers),
      buffer_(buffer_size),
      connections_(most_descriptors) {
  watch(listener_, EPOLLIN | EPOLLEXCLUSIVE);
  watch(wakers_[own_], EPOLLIN);
}

void Responder::run() {
  std::array<epoll_event, events_at_once> events;
  for (;;) {
    const int count = epoll_wait(epoll_, events.data(), events_at_once, -1);
    if (count < 0 && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "epoll_wait");
    }
    for (int i = 0; i < count; ++i) {
      const int descriptor = events[i].data.fd;
      if (descriptor == listener_) {
        accept_some();
      } else if (descriptor == wakers_[own_]) {
        std::uint64_t times = 0;
        if (read(descriptor, &times, sizeof times) > 0) answer_all();
      } else {
        receive(descriptor);
      }
    }
  }
}

void Responder::watch(int descriptor, unsigned events) const {
  epoll_event event{};
  event.events = events;
  event.data.fd = descriptor;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
}

// One at a time, so that the others have their share.
void Responder::accept_some() {
  const int descriptor = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (descriptor < 0) return;
  connections_.at(static_cast<std::size_t>(descriptor)) = {};
  watch(descriptor, EPOLLIN);
  if (++open_ < most_connections) return;
  epoll_ctl(epoll_, EPOLL_CTL_DEL, listener_, nullptr);
  accepts_ = false;
}

void Responder::receive(int descriptor) {
  const auto size = recv(descriptor, buffer_.data(), buffer_.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) return close(descriptor);
  const std::string_view bytes(buffer_.data(), static_cast<std::size_t>(size));
  auto& received = connections_[static_cast<std::size_t>(descriptor)].received;
  if (received.empty()) return answer(descriptor, bytes);
  const std::string whole = std::exchange(received, {}).append(bytes);
  answer(descriptor, whole);
}

void Responder::answer(int descriptor, std::string_view request) {
  auto& connection = connections_[static_cast<std::size_t>(descriptor)];
  const auto asked = read_request(request);
  if (!asked) {
    connection.received = request;
    return;
  }
  switch (*asked) {
    case Asked::page:
      connection.waits = Connection::Waits::for_a_page;
      return;
    case Asked::stream:
      connection.waits = Connection::Waits::for_events;
      return send(descriptor, answers_.stream_head);
    case Asked::page_at_once:
      return send(descriptor, answers_.nothing);
    case Asked::post:
      return post(descriptor);
  }
}

void Responder::post(int descriptor) {
  const std::uint64_t once = 1;
  for (const int waker : wakers_) {
    if (write(waker, &once, sizeof once) < 0) return close(descriptor);
  }
  send(descriptor, answers_.posted);
}

void Responder::answer_all() {
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    auto& waits = connections_[i].waits;
    if (waits == Connection::Waits::no) continue;
    const bool is_stream = waits == Connection::Waits::for_events;
    if (!is_stream) waits = Connection::Waits::no;
    send(static_cast<int>(i), is_stream ? answers_.event : answers_.page);
  }
}

// Whoever is too slow to take so little is dropped.
void Responder::send(int descriptor, const std::string& records) {
  const auto sent = ::send(descriptor, records.data(), records.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(records.size())) close(descriptor);
}

void Responder::close(int descriptor) {
  connections_[static_cast<std::size_t>(descriptor)] = {};
  ::close(descriptor);
  --open_;
  if (std::exchange(accepts_, true)) return;
  watch(listener_, EPOLLIN | EPOLLEXCLUSIVE);
}

}  // namespace least
