// A kept connection that has at most one request under way.
#pragma once

#include "bench/load/event_loop.hpp"
#include "bench/load/http_answer.hpp"
#include "bench/load/network.hpp"

#include <string>
#include <string_view>

namespace load {

// Whose connection it is.
class Client {
 public:
  virtual void connected() {}
  // The connection can be sent the next request at once. The answer is valid until then.
  virtual void answered(const Answer& answer) = 0;
  // The request under way gets no answer, or there is no connection; it is closed and counted.
  virtual void failed() = 0;
  // The server closed it while nothing was asked.
  virtual void dropped() {}

 protected:
  ~Client() = default;
};

class Connection final : public EventHandler, public Patient {
 public:
  Connection(Network& network, Client& client) : network_(network), client_(client) {
    network_.add(*this);
  }
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void open();
  // Opens it first when it is not open.
  void send(std::string_view request);
  bool is_waiting() const { return waiting_; }

  void handle_events(std::uint32_t events) override;
  void give_up_if_asked_before(Nanoseconds ns) override;

 private:
  void finish_connect();
  void flush();
  void receive(bool until_empty);
  bool take(std::string_view bytes);
  void deliver(const Parsed& parsed);
  void hang_up();
  void lose(std::string_view reason);

  Network& network_;
  Client& client_;
  int socket_ = -1;
  bool connecting_ = false;
  bool opened_before_ = false;
  bool waiting_ = false;
  Nanoseconds asked_ns_ = 0;
  // Both are empty as a rule: a request is sent and an answer read in one piece.
  std::string unsent_;
  std::string received_;
  std::size_t wanted_ = 0;
};

}  // namespace load
