// Mode `echo`: how long a message takes to somebody who waits for it.
#include "bench/load/exchange.hpp"
#include "bench/load/json_line.hpp"
#include "bench/load/latencies.hpp"
#include "bench/load/modes.hpp"
#include "bench/load/poll_client.hpp"

#include <random>

namespace load {
namespace {

class Echo final : public ReaderObserver {
 public:
  Echo(EventLoop& loop, const Options& options)
      : loop_(loop),
        options_(options),
        // Without history, the first poll waits.
        room_(options.room.empty() ? options.room_prefix + "echo-" + std::to_string(now_ns())
                                   : options.room),
        body_(options.bytes, 'x'),
        random_(options.seed),
        network_(loop, options, options.poll_timeout_s + options.answer_timeout_s),
        dialect_({options.path, options.poll_timeout_s}),
        writer_(network_, [this](const Answer* answer) { posted(answer != nullptr); }),
        reader_(network_, dialect_, *this, 0, room_, options.after) {}

  void start() {
    writer_.open([this] { reader_.open(); });
  }
  void opened() override { pause(); }

  void has_news(Reader&, Nanoseconds arrived_ns, std::string_view) override {
    if (!reader_expects_) return;
    reader_expects_ = false;
    echo_ns_ = arrived_ns - asked_ns_;
    end_when_both_are_there();
  }

  void print() {
    JsonLine()
        .add("count", std::uint64_t{echoes_.count()})
        .add("p50_us", echoes_.percentile_us(0.5))
        .add("p90_us", echoes_.percentile_us(0.9))
        .add("p99_us", echoes_.percentile_us(0.99))
        .add("max_us", echoes_.percentile_us(1))
        .add("mean_us", echoes_.mean_us())
        .add("post_p50_us", posts_.percentile_us(0.5))
        .add("post_p99_us", posts_.percentile_us(0.99))
        .add_failures(network_.tally.failed, network_.take_first_failure())
        .print();
  }

 private:
  // Not in step with anything that happens at fixed times, and long enough for the poll to arrive.
  void pause() {
    const auto shortest_ns = options_.pause_ms * ns_per_ms;
    const auto more_ns = std::uniform_int_distribution<Nanoseconds>(0, shortest_ns / 2)(random_);
    loop_.after(shortest_ns + more_ns, [this] { post(); });
  }

  void post() {
    const auto request = dialect_.post(room_, body_);
    reader_expects_ = writer_expects_ = true;
    asked_ns_ = now_ns();
    writer_.ask(request);
  }

  void posted(bool good) {
    if (!std::exchange(writer_expects_, false)) return;
    if (good) {
      post_ns_ = now_ns() - asked_ns_;
      return end_when_both_are_there();
    }
    reader_expects_ = false;
    go_on();
  }

  void end_when_both_are_there() {
    if (reader_expects_ || writer_expects_) return;
    echoes_.add(echo_ns_);
    posts_.add(post_ns_);
    go_on();
  }

  void go_on() { ++ended_ < options_.count ? pause() : loop_.stop(); }

  EventLoop& loop_;
  const Options& options_;
  const std::string room_;
  const std::string body_;
  std::mt19937_64 random_;
  Network network_;
  ChatDialect dialect_;
  Exchange writer_;
  PollClient reader_;
  bool reader_expects_ = false;
  bool writer_expects_ = false;
  Nanoseconds asked_ns_ = 0;
  Nanoseconds echo_ns_ = 0;
  Nanoseconds post_ns_ = 0;
  unsigned ended_ = 0;
  Latencies echoes_;
  Latencies posts_;
};

}  // namespace

void run_echo(EventLoop& loop, const Options& options) {
  Echo echo(loop, options);
  echo.start();
  loop.run();
  echo.print();
}

}  // namespace load
