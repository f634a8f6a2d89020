#include "bench/load/connection.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace load {

Connection::~Connection() { hang_up(); }

void Connection::open() {
  if (opened_before_) ++network_.tally.reconnects;
  opened_before_ = true;
  socket_ = network_.connect();
  if (socket_ < 0) return lose(std::strerror(errno));
  connecting_ = true;
  network_.loop.watch(socket_, *this);
}

void Connection::send(std::string_view request) {
  ++network_.tally.requests;
  waiting_ = true;
  asked_ns_ = network_.loop.woken_ns();
  if (socket_ >= 0 && !connecting_) {
    const auto sent = ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent == static_cast<ssize_t>(request.size())) return;
    if (sent < 0 && errno != EAGAIN) return lose(std::strerror(errno));
    if (sent > 0) request.remove_prefix(static_cast<std::size_t>(sent));
  }
  unsent_.assign(request);
  if (socket_ < 0) open();
}

void Connection::handle_events(std::uint32_t events) {
  // Closed while this event was on its way to us.
  if (socket_ < 0) return;
  if (connecting_) finish_connect();
  if (socket_ >= 0 && !unsent_.empty() && (events & EPOLLOUT) != 0) flush();
  if (socket_ < 0 || (events & ~EPOLLOUT) == 0) return;
  // An end that is announced with the last bytes announces itself only once.
  receive((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
}

void Connection::finish_connect() {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return lose(std::strerror(error));
  connecting_ = false;
  if (!unsent_.empty()) flush();
  if (socket_ >= 0) client_.connected();
}

void Connection::flush() {
  const auto sent = ::send(socket_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN) return lose(std::strerror(errno));
  if (sent > 0) unsent_.erase(0, static_cast<std::size_t>(sent));
}

void Connection::receive(bool until_empty) {
  auto& buffer = network_.buffer;
  const int socket = socket_;
  for (;;) {
    const auto size = recv(socket, buffer.data(), buffer.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return;
    if (size < 0) return lose(std::strerror(errno));
    if (size == 0) return lose("the server closed the connection");
    const auto count = static_cast<std::size_t>(size);
    if (!take({buffer.data(), count})) return;
    // A buffer that is not full took all there was; what comes later is an event of its own.
    if (count < buffer.size() && !until_empty) return;
  }
}

// Whether the same socket is to be read on.
bool Connection::take(std::string_view bytes) {
  if (!received_.empty()) {
    received_.append(bytes);
    if (received_.size() < wanted_) return true;
    bytes = received_;
  }
  const Parsed parsed = parse_answer(bytes, network_.scratch);
  if (parsed.state == Parsed::State::incomplete) {
    if (received_.empty()) received_.assign(bytes);
    wanted_ = parsed.size;
    return true;
  }
  if (parsed.state == Parsed::State::malformed) {
    lose(parsed.problem);
  } else if (!waiting_ || parsed.size < bytes.size()) {
    lose("the server sent more than was asked for");
  } else {
    const int socket = socket_;
    deliver(parsed);
    return socket_ == socket && !connecting_;
  }
  return false;
}

void Connection::deliver(const Parsed& parsed) {
  waiting_ = false;
  // The answer points into it, and the client may begin to receive another before it returns. Moved
  // text stays where it is, for no answer is so short that a string would hold it in itself.
  const std::string held = std::move(received_);
  received_.clear();
  // Before the client sends again, so that its request goes over a new connection.
  if (parsed.answer.closes) hang_up();
  client_.answered(parsed.answer);
}

void Connection::hang_up() {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
  connecting_ = false;
  unsent_.clear();
  received_.clear();
}

void Connection::lose(std::string_view reason) {
  const bool asked = waiting_ || connecting_ || socket_ < 0;
  const bool cut = !received_.empty();
  hang_up();
  waiting_ = false;
  if (!asked) return client_.dropped();
  network_.count_failure(cut ? "an answer was cut: " + std::string(reason) : std::string(reason));
  client_.failed();
}

void Connection::give_up_if_asked_before(Nanoseconds ns) {
  if (waiting_ && asked_ns_ < ns) lose("no answer came in time");
}

}  // namespace load
