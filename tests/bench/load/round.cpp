#include "bench/load/round.hpp"

#include "bench/load/json_line.hpp"

#include <algorithm>

namespace load {

void Round::begin(std::string room, std::size_t clients) {
  ++number_;
  room_ = std::move(room);
  missing_ = clients;
  posted_ns_.reset();
  arrivals_ns_.clear();
  arrivals_ns_.reserve(clients);
  before_ = network_.tally;
  network_.take_first_failure();
}

void Round::print() {
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

}  // namespace load
