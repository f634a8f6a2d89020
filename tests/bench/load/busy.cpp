// Mode `busy`: messages at a fixed rate in rooms full of readers.
#include "bench/load/command_input.hpp"
#include "bench/load/delivery_check.hpp"
#include "bench/load/json_line.hpp"
#include "bench/load/modes.hpp"
#include "bench/load/open_loop.hpp"
#include "bench/load/poll_client.hpp"
#include "bench/load/ramp.hpp"

#include <deque>

namespace load {
namespace {

// How long readers wait for the end of their room after the last message was due.
constexpr Nanoseconds patience_ns = 15 * ns_per_s;

class Busy final : public ReaderObserver {
 public:
  Busy(EventLoop& loop, const Options& options)
      : loop_(loop),
        options_(options),
        network_(loop, options, options.poll_timeout_s + options.answer_timeout_s),
        dialect_({options.path, options.poll_timeout_s}),
        writers_(network_, dialect_, options),
        ramp_(
            network_,
            {options.clients, options.ramp, std::string(dialect_.probe(options.room_of(0)))},
            [this](std::size_t i) { readers_[i].client.open(); }, [this] { parked(); }),
        input_(loop, [this](const CommandInput::Words& words) { obey(words); }) {
    for (unsigned i = 0; i < options.clients; ++i) {
      readers_.emplace_back(network_, dialect_, *this, i, options);
    }
  }

  void start() { ramp_.start(); }
  void opened() override { ramp_.opened(); }

  void has_news(load::Reader& reader, Nanoseconds arrived_ns, std::string_view messages) override {
    auto& check = readers_[reader.number_in_process].check;
    const bool ended = check.ended();
    check.take(messages, arrived_ns, began_ns_, deliveries_);
    if (!ended && check.ended() && ++ended_ == readers_.size()) loop_.stop();
  }

  // False when it was told to end before it began.
  bool has_begun() const { return begun_; }

  void print() {
    std::uint64_t lost = 0;
    for (const auto& reader : readers_) lost += reader.check.lost();
    const auto& delays = deliveries_.delays;
    JsonLine()
        .add("deliveries", delays.count())
        .add("posts", writers_.posts())
        .add("p50_us", delays.percentile_us(0.5))
        .add("p90_us", delays.percentile_us(0.9))
        .add("p99_us", delays.percentile_us(0.99))
        .add("max_us", delays.max_us())
        .add_failures(network_.tally.failed, network_.take_first_failure())
        .add("reconnects", network_.tally.reconnects)
        .add("late_posts", writers_.late())
        .add("lost", lost)
        .add("doubled", deliveries_.doubled)
        .add("out_of_order", deliveries_.out_of_order)
        .add("unfinished", std::uint64_t{readers_.size() - ended_})
        .add("histogram", delays.buckets())
        .print();
  }

 private:
  struct Reader {
    Reader(Network& network, Dialect& dialect, ReaderObserver& observer, unsigned number,
           const Options& options)
        : client(network, dialect, observer, number, options.room_of(number), options.after) {}
    PollClient client;
    DeliveryCheck check;
  };

  void parked() {
    ramp_.print_parked();
    parked_ = true;
    if (told_) begin();
  }

  void obey(const CommandInput::Words& words) {
    // Who has said "go" need not say more.
    if (told_) return;
    if (words.empty() || words[0] == "quit") return loop_.stop();
    if (words[0] != "go") throw std::runtime_error("the one command here is 'go'.");
    told_ = true;
    if (parked_) begin();
  }

  void begin() {
    begun_ = true;
    if (options_.rate > 0) writers_.start();
    loop_.after(static_cast<Nanoseconds>(options_.seconds * ns_per_s) + patience_ns,
                [this] { loop_.stop(); });
  }

  EventLoop& loop_;
  const Options& options_;
  // What another process writes may be here before we are told that it begins.
  const Nanoseconds began_ns_ = now_ns();
  Network network_;
  ChatDialect dialect_;
  OpenLoop writers_;
  Ramp ramp_;
  CommandInput input_;
  std::deque<Reader> readers_;
  Deliveries deliveries_;
  std::size_t ended_ = 0;
  bool parked_ = false;
  bool told_ = false;
  bool begun_ = false;
};

}  // namespace

void run_busy(EventLoop& loop, const Options& options) {
  Busy busy(loop, options);
  busy.start();
  loop.run();
  if (busy.has_begun()) busy.print();
}

}  // namespace load
