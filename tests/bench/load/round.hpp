// One message on its way to many clients.
#pragma once

#include "bench/load/network.hpp"

#include <optional>
#include <string>
#include <vector>

namespace load {

class Round {
 public:
  explicit Round(Network& network) : network_(network) {}

  bool running() const { return missing_ > 0 || post_running_; }
  // Differs from round to round, so that a client knows whether it has had this one's message.
  unsigned number() const { return number_; }
  bool counts(const std::string& room) const {
    return missing_ > 0 && (room_.empty() || room_ == room);
  }

  void begin(std::string room, std::size_t clients);
  void post_begins() {
    post_running_ = true;
    if (!posted_ns_) posted_ns_ = now_ns();
  }
  void post_ended() { post_running_ = false; }
  void arrived(Nanoseconds when_ns) {
    arrivals_ns_.push_back(when_ns);
    --missing_;
  }

  // Also what is not complete; the missing are failures then.
  void print();

 private:
  Network& network_;
  unsigned number_ = 0;
  std::string room_;
  std::size_t missing_ = 0;
  bool post_running_ = false;
  std::optional<Nanoseconds> posted_ns_;
  std::vector<Nanoseconds> arrivals_ns_;
  Tally before_;
};

}  // namespace load
