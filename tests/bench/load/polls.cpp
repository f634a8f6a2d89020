// Mode `polls`: readers who hold polls or streams, and one message to all, as often as we are told.
#include "bench/load/command_input.hpp"
#include "bench/load/json_line.hpp"
#include "bench/load/modes.hpp"
#include "bench/load/poll_client.hpp"
#include "bench/load/ramp.hpp"
#include "bench/load/round.hpp"
#include "bench/load/stream_client.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <stdexcept>

namespace load {
namespace {

constexpr Nanoseconds round_guard_ns = 60 * ns_per_s;
constexpr unsigned largest_message = 10'000;

// nchan alone decides how long it lets a poll wait.
unsigned patience_s(const Options& options) {
  return options.dialect == "nchan" ? 0 : options.poll_timeout_s + options.answer_timeout_s;
}

unsigned read_bytes(const std::string& word) {
  unsigned bytes = 0;
  const auto [stopped, error] = std::from_chars(word.data(), word.data() + word.size(), bytes);
  if (error != std::errc() || stopped != word.data() + word.size() || bytes < 1 ||
      bytes > largest_message) {
    throw std::runtime_error("a message has 1 to 10000 bytes, and not '" + word + "'.");
  }
  return bytes;
}

class Polls final : public ReaderObserver {
 public:
  Polls(EventLoop& loop, const Options& options)
      : loop_(loop),
        options_(options),
        network_(loop, options, patience_s(options)),
        dialect_(make_dialect(options.dialect, {options.path, options.poll_timeout_s})),
        poster_(network_, [this](const Answer* answer) { post_ended(answer != nullptr); }),
        round_(network_),
        ramp_(
            network_,
            {options.clients, options.ramp, std::string(dialect_->probe(options.room_of(0)))},
            [this](std::size_t i) { readers_[i]->open(); }, [this] { parked(); }),
        input_(loop, [this](const CommandInput::Words& words) { obey(words); }) {
    for (unsigned i = 0; i < options.clients; ++i) readers_.push_back(make_reader(i));
  }

  void start() {
    poster_.open([this] { ramp_.start(); });
  }

  void opened() override { ramp_.opened(); }

  void has_news(Reader& reader, Nanoseconds arrived_ns, std::string_view) override {
    if (reader.round == round_.number() || !round_.counts(reader.room())) return;
    reader.round = round_.number();
    round_.arrived(arrived_ns);
    print_when_done();
  }

 private:
  std::unique_ptr<Reader> make_reader(unsigned i) {
    const auto after = options_.dialect == "chat" ? std::string_view(options_.after) : "";
    const auto room = options_.room_of(i);
    if (options_.readers == "streams") {
      return std::make_unique<StreamClient>(network_, *dialect_, *this, i, room, after);
    }
    return std::make_unique<PollClient>(network_, *dialect_, *this, i, room, after);
  }

  void parked() {
    parked_ = true;
    ramp_.print_parked();
    for (const auto& words : std::exchange(early_, {})) obey(words);
  }

  void obey(const CommandInput::Words& words) {
    if (words.empty() || words[0] == "quit") return loop_.stop();
    if (!parked_) return early_.push_back(words);
    if (words[0] == "stats" && words.size() == 1) {
      print_stats();
    } else if (words[0] == "round" && (words.size() == 2 || words.size() == 3)) {
      read_bytes(words[1]);
      begin_round(words.size() == 3 ? words[2] : "");
    } else if (words[0] == "post" && words.size() == 3) {
      post(words[1], read_bytes(words[2]));
    } else {
      throw std::runtime_error("the command '" + words[0] + "' is not known in this form.");
    }
  }

  void begin_round(const std::string& room) {
    if (round_.running()) throw std::runtime_error("the round before has not ended.");
    const auto in_round = [&room](const auto& reader) {
      return room.empty() || reader->room() == room;
    };
    const auto count = std::count_if(readers_.begin(), readers_.end(), in_round);
    if (count == 0) throw std::runtime_error("no client is in the room '" + room + "'.");
    round_.begin(room, static_cast<std::size_t>(count));
    loop_.after(round_guard_ns, [this, number = round_.number()] {
      if (round_.running() && round_.number() == number) round_.print();
    });
  }

  void post(const std::string& room, unsigned bytes) {
    if (poster_.is_waiting()) throw std::runtime_error("the post before has not been answered.");
    if (!round_.running()) begin_round(dialect_->parks() ? room : "");
    const std::string body(bytes, 'x');
    const auto request = dialect_->post(room, body);
    round_.post_begins();
    if (dialect_->parks()) return poster_.ask(request);
    round_.post_ended();
    for (auto& reader : readers_) reader->ask();
  }

  void post_ended(bool posted) {
    if (!round_.running()) return;
    round_.post_ended();
    // A message that is not there comes to nobody.
    if (!posted) return round_.print();
    print_when_done();
  }

  void print_when_done() {
    if (!round_.running()) round_.print();
  }

  void print_stats() {
    const Tally since = network_.tally - printed_;
    printed_ = network_.tally;
    JsonLine()
        .add("event", std::string_view("stats"))
        .add("requests", since.requests)
        .add("empty_answers", since.empty_answers)
        .add("failed", since.failed)
        .add("reconnects", since.reconnects)
        .print();
  }

  EventLoop& loop_;
  const Options& options_;
  Network network_;
  std::unique_ptr<Dialect> dialect_;
  Exchange poster_;
  Round round_;
  Ramp ramp_;
  CommandInput input_;
  std::vector<std::unique_ptr<Reader>> readers_;
  bool parked_ = false;
  std::vector<CommandInput::Words> early_;
  Tally printed_;
};

}  // namespace

void run_polls(EventLoop& loop, const Options& options) {
  Polls polls(loop, options);
  polls.start();
  loop.run();
}

}  // namespace load
