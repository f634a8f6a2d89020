#include "server/server.hpp"

#include "failure_log.hpp"

namespace chat {
namespace {

// Out of descriptors or memory: the listen backlog holds the others until some are free again.
constexpr std::chrono::milliseconds accept_pause{100};

// Enough to catch up after a pause, few enough to go on with what was accepted.
constexpr int accepts_per_turn = 16;

// How far one may be ahead of the worker that has fewest connections, and how long it then waits.
constexpr std::size_t lead_connections = 64;
constexpr std::chrono::milliseconds lead_pause{1};

constexpr Failure connection_failed{LogLevel::error, "connection failed",
                                    "connections no longer fail"};
constexpr Failure waiting_failed{LogLevel::warning, "waiting for connections failed",
                                 "connections are waited for again", /*ends_with_success=*/true};
constexpr Failure accept_failed{LogLevel::warning, "accept failed",
                                "connections are accepted again", /*ends_with_success=*/true};

void log_failure(const std::exception_ptr& failure) {
  if (!failure) return;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    failure_log().happened(connection_failed, {{"error", error.what()}});
  } catch (...) {
    failure_log().happened(connection_failed, {{"error", "unknown"}});
  }
}

}  // namespace

Server::Server(Executor loop, int listening_descriptor, Router& router, DeadlineWheel& wheel,
               Scoreboard& scoreboard, const Limits& limits)
    : router_(router),
      wheel_(wheel),
      scoreboard_(scoreboard),
      limits_(limits),
      // The family does not matter for accepting; the descriptor may be a unix or a TCP socket.
      acceptor_(loop, Connection::Protocol(AF_UNIX, 0), listening_descriptor),
      pause_(loop) {}

Server::~Server() = default;

void Server::start() { wait_for_connections(); }

void Server::shut_down() {
  ending_ = true;
  acceptor_.close();
  for (auto it = connections_.begin(); it != connections_.end();) (it++)->shut_down();
}

// All who share the listening socket are woken, and the one that runs first would take all that
// waits: it then fills up, and refuses polls, while others have room. So whoever is ahead of the
// others lets them go first, and takes only what is still there a moment later.
void Server::wait_for_connections() {
  acceptor_.async_wait(Acceptor::wait_read, [this](const boost::system::error_code& error) {
    if (ending_) return;
    if (error) {
      failure_log().happened(waiting_failed, {{"error", error.message()}});
      accept_after(accept_pause);
      return;
    }
    failure_log().succeeded(waiting_failed);
    if (leads()) {
      accept_after(lead_pause);
    } else {
      accept_pending();
    }
  });
}

void Server::accept_after(std::chrono::milliseconds pause) {
  pause_.expires_after(pause);
  pause_.async_wait([this](const boost::system::error_code&) {
    if (!ending_) accept_pending();
  });
}

void Server::accept_pending() {
  boost::system::error_code error;
  // Others may have cleared it (see bound_accept); as it should be, no time is lost.
  acceptor_.non_blocking(true, error);
  for (int i = 0; i < accepts_per_turn; ++i) {
    Connection::Socket socket(acceptor_.get_executor());
    acceptor_.accept(socket, error);
    if (error == boost::asio::error::would_block) break;
    if (error) {
      failure_log().happened(accept_failed, {{"error", error.message()}});
      accept_after(accept_pause);
      return;
    }
    failure_log().succeeded(accept_failed);
    serve(std::move(socket));
  }
  wait_for_connections();
}

bool Server::leads() const {
  const auto fewest = scoreboard_.fewest_connections_of_others();
  return fewest && count_ > *fewest + lead_connections;
}

// Shown at once: the other workers look when they accept.
void Server::count(std::size_t connections) {
  count_ = connections;
  scoreboard_.own().gauges.connections.set(connections);
}

void Server::serve(Connection::Socket socket) {
  const auto connection = std::make_shared<Connection>(std::move(socket), *this);
  connections_.push_back(*connection);
  count(count_ + 1);
  spawn(Connection::serve(connection), [this, connection](const std::exception_ptr& failure) {
    count(count_ - 1);
    connection->close();
    log_failure(failure);
  });
}

}  // namespace chat
