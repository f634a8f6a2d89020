// Posts a fixed number of messages a second, whatever becomes of them.
#pragma once

#include "bench/load/dialect.hpp"
#include "bench/load/exchange.hpp"
#include "bench/load/options.hpp"

#include <deque>
#include <functional>
#include <random>
#include <vector>

namespace load {

class OpenLoop {
 public:
  OpenLoop(Network& network, ChatDialect& dialect, const Options& options);

  // When all is answered, each room gets a last message that says how many there were.
  void start();
  std::uint64_t posts() const { return posts_; }
  // Posts that were sent late, or not at all, because all connections were waiting.
  std::uint64_t late() const { return late_; }

 private:
  void go_on();
  void set_timer();
  void post(Exchange& free);
  void ended();
  void post_ends();
  void end_posted(bool good);
  Exchange* find_free();
  Nanoseconds due_ns(std::uint64_t post) const;

  Network& network_;
  ChatDialect& dialect_;
  const Options& options_;
  const std::uint64_t total_;
  std::mt19937_64 random_;
  std::deque<Exchange> writers_;
  Exchange end_writer_;
  std::vector<std::uint64_t> posts_by_room_;
  Nanoseconds began_ns_ = 0;
  std::uint64_t posts_ = 0;
  std::uint64_t late_ = 0;
  std::size_t under_way_ = 0;
  std::size_t ends_posted_ = 0;
  bool timer_set_ = false;
  bool ending_ = false;
};

}  // namespace load
