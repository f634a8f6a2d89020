// A client that holds a poll, and asks again as soon as it is answered.
#pragma once

#include "bench/load/connection.hpp"
#include "bench/load/dialect.hpp"
#include "bench/load/reader.hpp"

#include <string>

namespace load {

class PollClient final : public Reader, public Client {
 public:
  PollClient(Network& network, Dialect& dialect, ReaderObserver& observer, unsigned number,
             std::string room, std::string_view after)
      : Reader(number, std::move(room)),
        network_(network),
        dialect_(dialect),
        observer_(observer),
        connection_(network, *this) {
    cursor_.set(after);
  }

  void open() override { connection_.open(); }
  void ask() override { connection_.send(dialect_.poll(room(), cursor_)); }

  void connected() override;
  void answered(const Answer& answer) override;
  void failed() override;
  void dropped() override { connection_.open(); }

 private:
  Network& network_;
  Dialect& dialect_;
  ReaderObserver& observer_;
  Connection connection_;
  Cursor cursor_;
  bool opened_ = false;
};

}  // namespace load
