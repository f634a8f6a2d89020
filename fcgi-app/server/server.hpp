// Accepts the web server's connections and keeps their count.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstddef>

#include "http/router.hpp"
#include "metrics/scoreboard.hpp"
#include "server/connection.hpp"
#include "server/fastcgi.hpp"

namespace chat {

// Only on the loop's thread.
class Server {
 public:
  struct Limits {
    std::size_t connections = 12'000;  // one above is answered 503
    RequestFrame::Limits request;
    std::chrono::milliseconds io_timeout{10'000};  // for a begun request to arrive, an answer to go
    std::chrono::milliseconds stream_stall{60'000};  // of a stream whose client takes nothing
  };

  // Takes over the descriptor of a listening stream socket. Throws boost::system::system_error.
  Server(Executor loop, int listening_descriptor, Router& router, DeadlineWheel& wheel,
         Scoreboard& scoreboard, const Limits& limits);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void start();

  // Accepts no more, closes idle connections, and the others after their answer.
  void shut_down();

  [[nodiscard]] bool overloaded() const { return count_ > limits_.connections; }
  [[nodiscard]] std::size_t connections() const { return count_; }

  // Streams whose clients have not taken all they were sent, and what that was.
  [[nodiscard]] std::size_t streams_behind() const { return streams_behind_; }
  [[nodiscard]] std::size_t bytes_waiting() const { return bytes_waiting_; }

 private:
  friend class Connection;
  // A stream that is behind, for as long as it is.
  class Behind {
   public:
    Behind(Server& server, std::size_t bytes) : server_(server), bytes_(bytes) {
      ++server_.streams_behind_;
      server_.bytes_waiting_ += bytes_;
    }
    ~Behind() {
      --server_.streams_behind_;
      server_.bytes_waiting_ -= bytes_;
    }
    Behind(const Behind&) = delete;
    Behind& operator=(const Behind&) = delete;

   private:
    Server& server_;
    const std::size_t bytes_;
  };
  using Acceptor = boost::asio::basic_socket_acceptor<Connection::Protocol, Executor>;
  using Timer = boost::asio::basic_waitable_timer<
      std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;
  using Connections =
      boost::intrusive::list<Connection, boost::intrusive::constant_time_size<false>>;

  void wait_for_connections();
  void accept_after(std::chrono::milliseconds pause);
  void accept_pending();
  [[nodiscard]] bool leads() const;
  void count(std::size_t connections);
  void serve(Connection::Socket socket);

  Router& router_;
  DeadlineWheel& wheel_;
  Scoreboard& scoreboard_;
  const Limits limits_;
  FastcgiParser parser_;
  Acceptor acceptor_;
  Timer pause_;  // between two accepts
  Connections connections_;
  std::size_t count_ = 0;
  std::size_t streams_behind_ = 0;
  std::size_t bytes_waiting_ = 0;
  bool ending_ = false;
};

}  // namespace chat
