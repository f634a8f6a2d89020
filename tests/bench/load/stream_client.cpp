#include "bench/load/stream_client.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace load {
namespace {

// A server that is in trouble must not be asked by everybody all the time.
constexpr Nanoseconds retry_after_ns = 100 * ns_per_ms;

}  // namespace

void StreamClient::open() {
  if (opened_before_) ++network_.tally.reconnects;
  opened_before_ = true;
  socket_ = network_.connect();
  if (socket_ < 0) return lose(std::strerror(errno));
  connecting_ = true;
  network_.loop.watch(socket_, *this);
}

void StreamClient::handle_events(std::uint32_t events) {
  // Closed while this event was on its way to us.
  if (socket_ < 0) return;
  if (connecting_) ask_for_stream();
  if (socket_ < 0 || (events & ~EPOLLOUT) == 0) return;
  // An end that is announced with the last bytes announces itself only once.
  receive((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
}

void StreamClient::ask_for_stream() {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return lose(std::strerror(error));
  connecting_ = false;
  ++network_.tally.requests;
  // A new connection takes as much as this at once.
  const auto request = dialect_.stream(room(), cursor_);
  const auto sent = send(socket_, request.data(), request.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(request.size())) lose("a request could not be sent");
}

void StreamClient::receive(bool until_empty) {
  auto& buffer = network_.buffer;
  for (;;) {
    const auto size = recv(socket_, buffer.data(), buffer.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return;
    if (size < 0) return lose(std::strerror(errno));
    if (size == 0) return lose("the server closed the connection");
    const auto count = static_cast<std::size_t>(size);
    arrived_ns_ = now_ns();
    if (!stream_.take({buffer.data(), count}, *this)) return lose(stream_.problem());
    // A buffer that is not full took all there was; what comes later is an event of its own.
    if (count < buffer.size() && !until_empty) return;
  }
}

void StreamClient::began() {
  if (std::exchange(began_before_, true)) return;
  observer_.opened();
}

void StreamClient::message(std::string_view id, std::string_view data) {
  cursor_.set(id);
  observer_.has_news(*this, arrived_ns_, data);
}

void StreamClient::hang_up() {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
}

void StreamClient::lose(std::string_view reason) {
  network_.count_failure(reason);
  hang_up();
  connecting_ = false;
  stream_ = {};
  network_.loop.after(retry_after_ns, [this] { open(); });
}

}  // namespace load
