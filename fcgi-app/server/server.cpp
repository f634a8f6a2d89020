#include "server/server.hpp"

#include "log.hpp"

namespace chat {
namespace {

// Out of descriptors or memory: the listen backlog holds the others until some are free again.
constexpr std::chrono::milliseconds accept_pause{100};

void log_failure(const std::exception_ptr& failure) {
  if (!failure) return;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    log_error("connection failed", {{"error", error.what()}});
  }
}

}  // namespace

Server::Server(Executor loop, int listening_descriptor, Router& router, DeadlineWheel& wheel,
               const Limits& limits)
    : router_(router),
      wheel_(wheel),
      limits_(limits),
      // The family does not matter for accepting; the descriptor may be a unix or a TCP socket.
      acceptor_(loop, Connection::Protocol(AF_UNIX, 0), listening_descriptor),
      pause_(loop) {}

Server::~Server() = default;

void Server::start() { accept_next(); }

void Server::shut_down() {
  ending_ = true;
  acceptor_.close();
  for (auto it = connections_.begin(); it != connections_.end();) (it++)->shut_down();
}

void Server::accept_next() {
  boost::system::error_code ignored;
  // Others may have cleared it (see bound_accept); as it should be, no time is lost.
  acceptor_.native_non_blocking(true, ignored);
  acceptor_.async_accept([this](const boost::system::error_code& error, Connection::Socket socket) {
    accepted(error, std::move(socket));
  });
}

void Server::accepted(const boost::system::error_code& error, Connection::Socket socket) {
  if (!error) serve(std::move(socket));
  if (ending_) return;
  // A peer that gave up before it was accepted is nothing to wait for.
  if (!error || error == boost::asio::error::connection_aborted) {
    accept_next();
    return;
  }
  log_warning("accept failed", {{"error", error.message()}});
  pause_.expires_after(accept_pause);
  pause_.async_wait([this](const boost::system::error_code&) {
    if (!ending_) accept_next();
  });
}

void Server::serve(Connection::Socket socket) {
  const auto connection = std::make_shared<Connection>(std::move(socket), *this);
  connections_.push_back(*connection);
  ++count_;
  spawn(Connection::serve(connection), [this](const std::exception_ptr& failure) {
    --count_;
    log_failure(failure);
  });
}

}  // namespace chat
