// Mode `post`: as many messages as can be stored, each client one after the other.
#include "bench/load/dialect.hpp"
#include "bench/load/json_line.hpp"
#include "bench/load/latencies.hpp"
#include "bench/load/modes.hpp"
#include "bench/load/ramp.hpp"

#include <deque>

namespace load {
namespace {

constexpr Nanoseconds retry_after_ns = 100 * ns_per_ms;

class Posts {
 public:
  Posts(EventLoop& loop, const Options& options)
      : loop_(loop),
        options_(options),
        network_(loop, options, options.answer_timeout_s),
        dialect_({options.path, options.poll_timeout_s}),
        ramp_(
            network_, {options.clients, options.ramp, std::string(dialect_.probe(room_of(0)))},
            [this](std::size_t i) { writers_[i].exchange.open([this] { ramp_.opened(); }); },
            [this] { begin(); }) {
    const std::string body(options.bytes, 'x');
    for (unsigned i = 0; i < options.clients; ++i) {
      writers_.emplace_back(
          network_, [this, i](const Answer* answer) { ended(writers_[i], answer != nullptr); });
      writers_.back().request = dialect_.post(room_of(i), body);
    }
  }

  void start() { ramp_.start(); }

  void print() {
    JsonLine()
        .add("posts", std::uint64_t{latencies_.count()})
        .add("seconds", options_.seconds)
        .add("per_second", static_cast<double>(latencies_.count()) / options_.seconds)
        .add("p50_us", latencies_.percentile_us(0.5))
        .add("p90_us", latencies_.percentile_us(0.9))
        .add("p99_us", latencies_.percentile_us(0.99))
        .add("max_us", latencies_.percentile_us(1))
        .add_failures(network_.tally.failed, network_.take_first_failure())
        .print();
  }

 private:
  struct Writer {
    Writer(Network& network, Exchange::Done done) : exchange(network, std::move(done)) {}
    Exchange exchange;
    std::string request;
    Nanoseconds asked_ns = 0;
  };

  // Not those of `polls`, who would find our messages before theirs.
  std::string room_of(unsigned client) const {
    if (!options_.room.empty()) return options_.room;
    return options_.room_prefix + "post-" + std::to_string(client % options_.rooms);
  }

  void begin() {
    counted_from_ns_ = now_ns() + static_cast<Nanoseconds>(options_.warm_up_s * ns_per_s);
    counted_to_ns_ = counted_from_ns_ + static_cast<Nanoseconds>(options_.seconds * ns_per_s);
    loop_.at(counted_to_ns_, [this] { loop_.stop(); });
    for (auto& writer : writers_) ask(writer);
  }

  void ask(Writer& writer) {
    writer.asked_ns = now_ns();
    writer.exchange.ask(writer.request);
  }

  void ended(Writer& writer, bool posted) {
    if (!posted) return loop_.after(retry_after_ns, [this, &writer] { ask(writer); });
    const auto answered_ns = now_ns();
    if (answered_ns >= counted_from_ns_ && answered_ns < counted_to_ns_) {
      latencies_.add(answered_ns - writer.asked_ns);
    }
    ask(writer);
  }

  EventLoop& loop_;
  const Options& options_;
  Network network_;
  ChatDialect dialect_;
  Ramp ramp_;
  std::deque<Writer> writers_;
  Latencies latencies_;
  Nanoseconds counted_from_ns_ = 0;
  Nanoseconds counted_to_ns_ = 0;
};

}  // namespace

void run_post(EventLoop& loop, const Options& options) {
  Posts posts(loop, options);
  posts.start();
  loop.run();
  posts.print();
}

}  // namespace load
