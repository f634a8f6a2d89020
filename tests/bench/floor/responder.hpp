// One process of the floor: holds what waits, and answers all of it when something is posted to any
// of the processes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "bench/floor/answers.hpp"

namespace least {

class Responder {
 public:
  // `wakers` are eventfds, one of each process; the one at `own` wakes this one.
  Responder(int listener, std::vector<int> wakers, std::size_t own, const Answers& answers);

  [[noreturn]] void run();

 private:
  struct Connection {
    enum class Waits { no, for_a_page, for_events };
    Waits waits = Waits::no;
    std::string received;  // of a request that has not come in one piece
  };

  void watch(int descriptor, unsigned events) const;
  void accept_some();
  void receive(int descriptor);
  void answer(int descriptor, std::string_view request);
  void post(int descriptor);
  void answer_all();
  void send(int descriptor, const std::string& records);
  void close(int descriptor);

  const int epoll_;
  const int listener_;
  const std::vector<int> wakers_;
  const std::size_t own_;
  const Answers& answers_;
  std::vector<char> buffer_;
  std::vector<Connection> connections_;  // by descriptor
  std::size_t open_ = 0;
  bool accepts_ = true;
};

}  // namespace least
