#include "bench/load/options.hpp"

#include "bench/load/dialect.hpp"

#include <boost/program_options.hpp>
#include <iostream>
#include <stdexcept>

namespace load {
namespace {

namespace po = boost::program_options;

constexpr unsigned greatest_number = 1'000'000;

constexpr const char* usage = R"(bench-load MODE --target 127.0.0.1:PORT ...

Makes load for `make bench`. MODE is one of:

  polls     N clients hold a poll each, or a stream (constant: a connection each). Prints
              {"event":"parked","clients","seconds","unanswered_probes"}
            and takes commands, a line each, from standard input:
              round BYTES [ROOM]  from now the first message of each client (of ROOM) counts;
                                  somebody else posts it
              post ROOM BYTES     posts a message, and begins a round of ROOM when none is begun
                                  (constant: asks on all connections at once)
              stats               prints {"event":"stats","requests","empty_answers","failed",
                                  "reconnects"} since the last time
              quit                ends, as the end of the input does
            When all clients of a round have it:
              {"event":"round","posted_ns","arrivals_ns":[...],"failed","reconnects",
               "empty_answers","first_failure"}
            posted_ns is null when another process posted. After 60 s, or when the message cannot
            be posted, it prints what there is; what is missing counts as failed. A room with
            history needs --after or another --room-prefix, for history would be news.
  post      each client posts, waits for the answer and posts again. Prints posts, seconds,
            per_second, p50_us, p90_us, p99_us, max_us, failed, first_failure.
  echo      one posts, one waits: from before the POST until the reader has it. Prints count,
            p50_us, p90_us, p99_us, max_us, mean_us, post_p50_us, post_p99_us, failed,
            first_failure.
  catch-up  all clients read a room from the beginning at once. Prints seconds, first_reader_s,
            last_reader_s, messages, messages_per_second, pages, bytes, failed, first_failure.
  busy      N polls and RATE posts a second for SECONDS; prints "parked", begins when a line "go"
            is read. One process posts, others may only read (--rate 0). Prints deliveries, posts,
            p50_us, p90_us, p99_us, max_us, failed, first_failure, reconnects, late_posts (over
            10 ms, or never, because all connections were waiting), lost, doubled, out_of_order,
            unfinished (readers that the last message of their room did not reach in 15 s),
            histogram ([[upper_us,count],...]). A failed post counts as lost with each reader,
            unless it was stored nevertheless.

All times are of CLOCK_MONOTONIC. What is printed are JSON objects, one a line.

Options)";

po::options_description describe(Options& o) {
  po::options_description described(usage);
  auto add = described.add_options();
  const auto text = [](std::string& value) { return po::value(&value)->default_value(value); };
  // "-1" would be read as a very great number.
  const auto number = [&add](const char* name, unsigned& value, const char* meaning) {
    add(name, po::value(&value)->default_value(value)->notifier([name](unsigned given) {
      if (given <= greatest_number) return;
      throw std::runtime_error("--" + std::string(name) + " is a number up to 1000000.");
    }),
        meaning);
  };
  add("help", "print this");
  add("mode", po::value(&o.mode), "the first argument");
  add("target", po::value(&o.target)->required(), "127.0.0.1:PORT");
  number("clients", o.clients, "clients of this process");
  number("first-client", o.first_client, "number of the first, where processes share them");
  number("rooms", o.rooms, "client i is in room PREFIX<i mod ROOMS> (polls, busy)");
  add("room-prefix", text(o.room_prefix), "what names of rooms begin with");
  add("room", text(o.room),
      "the room (catch-up; post, echo: default is one of their own; polls: of all)");
  add("dialect", text(o.dialect), "chat, nchan or constant (polls)");
  add("readers", text(o.readers), "what waits: polls or streams (polls)");
  add("path", text(o.path), "where messages are (chat)");
  add("after", text(o.after),
      "the id to begin after (chat); what is there already is news as well");
  number("poll-timeout-s", o.poll_timeout_s, "how long a poll waits (chat)");
  number("answer-timeout-s", o.answer_timeout_s, "how long an answer may take beyond that");
  number("ramp", o.ramp, "connections that are opened at once");
  number("sources", o.sources, "addresses to connect from: 127.0.0.2 and following");
  number("bytes", o.bytes, "length of a message (post, echo, busy)");
  add("seconds", po::value(&o.seconds)->default_value(o.seconds), "how long (post, busy)");
  add("warm-up-s", po::value(&o.warm_up_s)->default_value(o.warm_up_s), "not counted (post)");
  number("count", o.count, "messages (echo)");
  number("pause-ms", o.pause_ms, "between messages, and up to half more (echo)");
  number("limit", o.limit, "messages in a page (catch-up)");
  number("expect", o.expect, "messages that each reader has to find (catch-up)");
  number("rate", o.rate, "posts a second (busy)");
  number("post-connections", o.post_connections, "connections that post (busy)");
  add("seed", po::value(&o.seed)->default_value(o.seed), "of all that is random");
  number("deadline-s", o.deadline_s, "ends with an error after that time");
  return described;
}

void check(bool good, const char* sentence) {
  if (!good) throw std::runtime_error(sentence);
}

void check_options(const Options& o) {
  check(o.clients >= 1, "--clients is at least 1.");
  check(o.rooms >= 1, "--rooms is at least 1.");
  check(o.ramp >= 1, "--ramp is at least 1.");
  check(o.sources >= 1 && o.sources <= 250, "--sources is 1 to 250.");
  check(o.bytes >= 1 && o.bytes <= 10'000, "--bytes is 1 to 10000.");
  check(o.count >= 1, "--count is at least 1.");
  check(o.limit >= 1, "--limit is at least 1.");
  check(o.post_connections >= 1, "--post-connections is at least 1.");
  check(o.seconds > 0 && o.warm_up_s >= 0, "--seconds is more than 0, --warm-up-s not less.");
  check(o.readers == "polls" || o.readers == "streams", "--readers is polls or streams.");
  check(o.after.size() == nil_id.size(), "--after is a UUID.");
}

}  // namespace

bool read_options(int argc, char** argv, Options& options) {
  options.after = nil_id;
  const auto described = describe(options);
  po::positional_options_description positional;
  positional.add("mode", 1);
  po::variables_map values;
  po::store(po::command_line_parser(argc, argv).options(described).positional(positional).run(),
            values);
  if (values.count("help") != 0) {
    std::cout << described;
    return false;
  }
  po::notify(values);
  check_options(options);
  return true;
}

}  // namespace load
