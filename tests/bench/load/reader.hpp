// Somebody who waits for messages in a room, be it by polls or over a stream.
#pragma once

#include "bench/load/clock.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace load {

class Reader {
 public:
  Reader(unsigned number, std::string room) : number_in_process(number), room_(std::move(room)) {}
  virtual ~Reader() = default;
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  virtual void open() = 0;
  // Where nobody waits by himself.
  virtual void ask() {}
  const std::string& room() const { return room_; }

  const unsigned number_in_process;
  // Of the round whose message it has had.
  unsigned round = 0;

 private:
  const std::string room_;
};

// What a mode wants to know of its readers.
class ReaderObserver {
 public:
  virtual void opened() = 0;
  // The reader waits again by now, where it does; what it was told is still valid.
  virtual void has_news(Reader& reader, Nanoseconds arrived_ns, std::string_view messages) = 0;

 protected:
  ~ReaderObserver() = default;
};

}  // namespace load
