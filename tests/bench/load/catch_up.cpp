// Mode `catch-up`: many come back at once and read all that they have missed.
#include "bench/load/dialect.hpp"
#include "bench/load/json_line.hpp"
#include "bench/load/message_scan.hpp"
#include "bench/load/modes.hpp"
#include "bench/load/ramp.hpp"

#include <algorithm>
#include <deque>
#include <stdexcept>

namespace load {
namespace {

class CatchUp {
 public:
  CatchUp(EventLoop& loop, const Options& options)
      : loop_(loop),
        options_(options),
        network_(loop, options, options.answer_timeout_s),
        dialect_({options.path, 0}),
        ramp_(
            network_, {options.clients, options.ramp, std::string(dialect_.probe(options.room))},
            [this](std::size_t i) { readers_[i].exchange.open([this] { ramp_.opened(); }); },
            [this] { begin(); }) {
    for (unsigned i = 0; i < options.clients; ++i) {
      readers_.emplace_back(network_,
                            [this, i](const Answer* answer) { take(readers_[i], answer); });
      readers_.back().last_id = options.after;
    }
  }

  void start() { ramp_.start(); }

  void print() {
    const auto by_end = [](const Reader& a, const Reader& b) { return a.ended_ns < b.ended_ns; };
    const auto [first, last] = std::minmax_element(readers_.begin(), readers_.end(), by_end);
    const double seconds = seconds_of(last->ended_ns - began_ns_);
    JsonLine()
        .add("seconds", seconds)
        .add("first_reader_s", seconds_of(first->ended_ns - began_ns_))
        .add("last_reader_s", seconds)
        .add("messages", messages_)
        .add("messages_per_second", static_cast<double>(messages_) / seconds)
        .add("pages", pages_)
        .add("bytes", bytes_)
        .add_failures(network_.tally.failed, network_.take_first_failure())
        .print();
  }

 private:
  struct Reader {
    Reader(Network& network, Exchange::Done done) : exchange(network, std::move(done)) {}
    Exchange exchange;
    std::string last_id;
    std::uint64_t messages = 0;
    Nanoseconds ended_ns = 0;
  };

  void begin() {
    began_ns_ = now_ns();
    for (auto& reader : readers_) ask(reader);
  }

  void ask(Reader& reader) {
    reader.exchange.ask(dialect_.page(options_.room, reader.last_id, options_.limit, 0));
  }

  void take(Reader& reader, const Answer* answer) {
    if (answer == nullptr) return end(reader);
    const bool more = answer->link.find("rel=\"next\"") != std::string_view::npos;
    bytes_ += answer->body.size();
    ++pages_;
    const auto before = reader.messages;
    if (!read(reader, answer->body)) {
      network_.count_failure("the ids of a page do not ascend.");
      return end(reader);
    }
    if (more && reader.messages == before) {
      network_.count_failure("a page is empty and names a next one.");
      return end(reader);
    }
    if (more) return ask(reader);
    check(reader);
    end(reader);
  }

  // Whether the ids ascend. As they are written, they sort as what they stand for.
  bool read(Reader& reader, std::string_view page) {
    bool ascend = true;
    for_each_message(page, [&](std::string_view id, std::string_view) {
      ascend = ascend && id.size() == id_size && id > reader.last_id;
      reader.last_id.assign(id);
      ++reader.messages;
    });
    return ascend;
  }

  void check(const Reader& reader) {
    if (options_.expect == 0 || reader.messages == options_.expect) return;
    network_.count_failure("a reader found " + std::to_string(reader.messages) + " messages, not " +
                           std::to_string(options_.expect) + ".");
  }

  void end(Reader& reader) {
    reader.ended_ns = now_ns();
    messages_ += reader.messages;
    if (++ended_ == readers_.size()) loop_.stop();
  }

  EventLoop& loop_;
  const Options& options_;
  Network network_;
  ChatDialect dialect_;
  Ramp ramp_;
  std::deque<Reader> readers_;
  Nanoseconds began_ns_ = 0;
  std::size_t ended_ = 0;
  std::uint64_t messages_ = 0;
  std::uint64_t pages_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace

void run_catch_up(EventLoop& loop, const Options& options) {
  if (options.room.empty()) throw std::runtime_error("catch-up needs a --room.");
  CatchUp catch_up(loop, options);
  catch_up.start();
  loop.run();
  catch_up.print();
}

}  // namespace load
