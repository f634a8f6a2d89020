#include "bench/load/ramp.hpp"

#include "bench/load/json_line.hpp"

#include <algorithm>

namespace load {
namespace {

constexpr Nanoseconds probe_patience_ns = 3 * ns_per_s;

}  // namespace

Ramp::Ramp(Network& network, RampPlan plan, std::function<void(std::size_t)> open,
           std::function<void()> finished)
    : network_(network),
      plan_(std::move(plan)),
      open_(std::move(open)),
      finished_(std::move(finished)) {}

void Ramp::start() {
  began_ns_ = now_ns();
  open_batch();
}

void Ramp::open_batch() {
  const auto end = std::min(plan_.clients, begun_ + plan_.batch);
  // Counted as begun beforehand: one that is open at once must not end the batch.
  const auto first = std::exchange(begun_, end);
  for (auto i = first; i < end; ++i) open_(i);
}

void Ramp::opened() {
  if (++opened_ == begun_) probe();
}

void Ramp::probe() {
  probing_ = true;
  const auto number = probes_.size();
  const auto go_on_once = [this, number](bool answered) {
    if (!probing_ || probes_.size() != number + 1) return;
    if (!answered) ++unanswered_;
    go_on();
  };
  probes_.push_back(std::make_unique<Exchange>(
      network_, [go_on_once](const Answer* answer) { go_on_once(answer != nullptr); },
      Exchange::Accepts::any_status));
  probes_.back()->ask(plan_.probe);
  network_.loop.after(probe_patience_ns, [go_on_once] { go_on_once(false); });
}

void Ramp::go_on() {
  probing_ = false;
  if (begun_ < plan_.clients) return open_batch();
  ended_ns_ = now_ns();
  finished_();
}

void Ramp::print_parked() const {
  JsonLine()
      .add("event", std::string_view("parked"))
      .add("clients", std::uint64_t{plan_.clients})
      .add("seconds", seconds_of(ended_ns_ - began_ns_))
      .add("unanswered_probes", std::uint64_t{unanswered_})
      .print();
}

}  // namespace load
