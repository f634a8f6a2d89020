// A client that holds a poll, and asks again as soon as it is answered.
#pragma once

#include "bench/load/connection.hpp"
#include "bench/load/dialect.hpp"

#include <string>

namespace load {

class PollClient;

// What a mode wants to know of its clients.
class PollObserver {
 public:
  virtual void opened() = 0;
  // The client has asked again by now, where its dialect does; the answer is still valid.
  virtual void has_news(PollClient& client, Nanoseconds arrived_ns, const Answer& answer) = 0;

 protected:
  ~PollObserver() = default;
};

class PollClient final : public Client {
 public:
  PollClient(Network& network, Dialect& dialect, PollObserver& observer, unsigned number,
             std::string room, std::string_view after)
      : number_in_process(number),
        network_(network),
        dialect_(dialect),
        observer_(observer),
        connection_(network, *this),
        room_(std::move(room)) {
    cursor_.set(after);
  }

  void open() { connection_.open(); }
  void ask() { connection_.send(dialect_.poll(room_, cursor_)); }
  const std::string& room() const { return room_; }

  void connected() override;
  void answered(const Answer& answer) override;
  void failed() override;
  void dropped() override { connection_.open(); }

  const unsigned number_in_process;
  // Of the round whose message it has had.
  unsigned round = 0;

 private:
  Network& network_;
  Dialect& dialect_;
  PollObserver& observer_;
  Connection connection_;
  Cursor cursor_;
  const std::string room_;
  bool opened_ = false;
};

}  // namespace load
