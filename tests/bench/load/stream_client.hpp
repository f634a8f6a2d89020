// A client that holds a stream of events, and opens it again after its last message when it ends.
#pragma once

#include "bench/load/dialect.hpp"
#include "bench/load/event_loop.hpp"
#include "bench/load/event_stream.hpp"
#include "bench/load/network.hpp"
#include "bench/load/reader.hpp"

#include <string>

namespace load {

class StreamClient final : public Reader, public EventHandler, public EventStream::Listener {
 public:
  StreamClient(Network& network, Dialect& dialect, ReaderObserver& observer, unsigned number,
               std::string room, std::string_view after)
      : Reader(number, std::move(room)), network_(network), dialect_(dialect), observer_(observer) {
    cursor_.set(after);
  }
  ~StreamClient() override { hang_up(); }

  void open() override;

  void handle_events(std::uint32_t events) override;
  void began() override;
  void message(std::string_view id, std::string_view data) override;

 private:
  void ask_for_stream();
  void receive(bool until_empty);
  void hang_up();
  void lose(std::string_view reason);

  Network& network_;
  Dialect& dialect_;
  ReaderObserver& observer_;
  EventStream stream_;
  Cursor cursor_;
  int socket_ = -1;
  bool connecting_ = false;
  bool opened_before_ = false;
  bool began_before_ = false;
  Nanoseconds arrived_ns_ = 0;
};

}  // namespace load
