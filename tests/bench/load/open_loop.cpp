#include "bench/load/open_loop.hpp"

#include "bench/load/delivery_check.hpp"

#include <algorithm>

namespace load {
namespace {

constexpr Nanoseconds late_ns = 10 * ns_per_ms;
constexpr Nanoseconds retry_after_ns = 100 * ns_per_ms;

}  // namespace

OpenLoop::OpenLoop(Network& network, ChatDialect& dialect, const Options& options)
    : network_(network),
      dialect_(dialect),
      options_(options),
      total_(static_cast<std::uint64_t>(options.rate * options.seconds)),
      random_(options.seed),
      end_writer_(network, [this](const Answer* answer) { end_posted(answer != nullptr); }),
      posts_by_room_(options.rooms) {
  for (unsigned i = 0; i < options.post_connections; ++i) {
    writers_.emplace_back(network, [this](const Answer*) { ended(); });
  }
}

void OpenLoop::start() {
  began_ns_ = now_ns();
  go_on();
}

Nanoseconds OpenLoop::due_ns(std::uint64_t post) const {
  return began_ns_ + static_cast<Nanoseconds>(static_cast<double>(post) * ns_per_s / options_.rate);
}

Exchange* OpenLoop::find_free() {
  const auto free = [](const Exchange& exchange) { return !exchange.is_waiting(); };
  const auto found = std::find_if(writers_.begin(), writers_.end(), free);
  return found == writers_.end() ? nullptr : &*found;
}

void OpenLoop::go_on() {
  const auto now = now_ns();
  // What could not be sent in its time is not made up for afterwards.
  const bool over = now > due_ns(total_) + late_ns;
  while (!over && posts_ < total_ && due_ns(posts_) <= now) {
    Exchange* free = find_free();
    if (free == nullptr) return;  // an answer will bring us back
    if (now - due_ns(posts_) > late_ns) ++late_;
    post(*free);
  }
  if (!over && posts_ < total_) return set_timer();
  if (under_way_ > 0 || ending_) return;
  ending_ = true;
  late_ += total_ - posts_;
  post_ends();
}

void OpenLoop::set_timer() {
  if (std::exchange(timer_set_, true)) return;
  network_.loop.at(due_ns(posts_), [this] {
    timer_set_ = false;
    go_on();
  });
}

void OpenLoop::post(Exchange& free) {
  const auto room = random_() % options_.rooms;
  const auto name = options_.room_prefix + std::to_string(room);
  // The time for which it was due: that it had to wait for a connection counts.
  const Mark mark{due_ns(posts_), false, posts_by_room_[room]++};
  ++posts_;
  ++under_way_;
  free.ask(dialect_.post(name, mark_text(mark, options_.bytes)));
}

void OpenLoop::ended() {
  --under_way_;
  go_on();
}

void OpenLoop::post_ends() {
  if (ends_posted_ == posts_by_room_.size()) return;
  const Mark mark{now_ns(), true, posts_by_room_[ends_posted_]};
  const auto name = options_.room_prefix + std::to_string(ends_posted_);
  end_writer_.ask(dialect_.post(name, mark_text(mark, 0)));
}

// A second end is the same end, so this one is repeated until it is stored.
void OpenLoop::end_posted(bool good) {
  if (!good) return network_.loop.after(retry_after_ns, [this] { post_ends(); });
  ++ends_posted_;
  post_ends();
}

}  // namespace load
