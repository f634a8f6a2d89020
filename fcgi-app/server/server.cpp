#include "server/server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include "log.hpp"

namespace chat {
namespace {

// Out of descriptors or memory: the listen backlog holds the others until some are free again.
constexpr std::chrono::milliseconds accept_pause{100};

void log_failure(std::string_view event, const std::exception_ptr& failure) {
  if (!failure) return;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    log_error(event, {{"error", error.what()}});
  }
}

}  // namespace

Server::Server(Executor loop, int listening_descriptor, Router& router, DeadlineWheel& wheel,
               const Limits& limits)
    : loop_(loop),
      router_(router),
      wheel_(wheel),
      limits_(limits),
      // The family does not matter for accepting; the descriptor may be a unix or a TCP socket.
      acceptor_(loop, Connection::Protocol(AF_UNIX, 0), listening_descriptor) {}

Server::~Server() = default;

void Server::start() {
  boost::asio::co_spawn(loop_, accept_connections(), [](const std::exception_ptr& failure) {
    log_failure("accepting ended", failure);
  });
}

void Server::shut_down() {
  ending_ = true;
  acceptor_.close();
  for (auto it = connections_.begin(); it != connections_.end();) (it++)->shut_down();
}

Task<void> Server::accept_connections() {
  boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                    boost::asio::wait_traits<std::chrono::steady_clock>, Executor>
      pause(loop_);
  while (!ending_) {
    boost::system::error_code error;
    // Others may have cleared it (see bound_accept); as it should be, no time is lost.
    acceptor_.native_non_blocking(true, error);
    Connection::Socket socket =
        co_await acceptor_.async_accept(boost::asio::redirect_error(UseTask(), error));
    if (!error) {
      serve(std::move(socket));
      continue;
    }
    if (ending_) co_return;
    // A peer that gave up before it was accepted is nothing to wait for.
    if (error == boost::asio::error::connection_aborted) continue;
    log_warning("accept failed", {{"error", error.message()}});
    pause.expires_after(accept_pause);
    co_await pause.async_wait(boost::asio::redirect_error(UseTask(), error));
  }
}

void Server::serve(Connection::Socket socket) {
  const auto connection = std::make_shared<Connection>(std::move(socket), *this);
  connections_.push_back(*connection);
  ++count_;
  boost::asio::co_spawn(loop_, Connection::serve(connection),
                        [this](const std::exception_ptr& failure) {
                          --count_;
                          log_failure("connection failed", failure);
                        });
}

}  // namespace chat
