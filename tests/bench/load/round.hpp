// One message on its way to many clients.
#pragma once

#include "bench/load/json_line.hpp"
#include "bench/load/network.hpp"

#include <algorithm>
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

  void begin(std::string room, std::size_t clients) {
    ++number_;
    room_ = std::move(room);
    missing_ = clients;
    posted_ns_.reset();
    arrivals_ns_.clear();
    arrivals_ns_.reserve(clients);
    before_ = network_.tally;
    network_.take_first_failure();
  }
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
  void print() {
    const Tally in_round = network_.tally - before_;
    std::sort(arrivals_ns_.begin(), arrivals_ns_.end());
    std::string first_failure = network_.take_first_failure();
    if (missing_ > 0 && first_failure.empty()) first_failure = "no message came in time";
    JsonLine line;
    line.add("event", std::string_view("round"));
    if (posted_ns_) {
      line.add("posted_ns", static_cast<std::uint64_t>(*posted_ns_));
    } else {
      line.add_null("posted_ns");
    }
    line.add("arrivals_ns", arrivals_ns_)
        .add_failures(in_round.failed + missing_, first_failure)
        .add("reconnects", in_round.reconnects)
        .add("empty_answers", in_round.empty_answers)
        .print();
    missing_ = 0;
    post_running_ = false;
  }

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
