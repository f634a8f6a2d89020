// Many writers and readers of one chat, as HTTP clients:
//
//   chaos-clients --port 8080 --history DIRECTORY --seed 7
//
// They go on until standard input ends. Then the writers end, each after its last answer, and then
// the readers, each after it has read everything. See report.hpp and history.hpp for what is
// written.
#include "chaos/clients/reader.hpp"
#include "chaos/clients/writer.hpp"

#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/program_options.hpp>
#include <exception>
#include <iostream>

namespace chaos {
namespace {

Options read_options(int argc, char** argv) {
  namespace po = boost::program_options;
  Options options;
  po::options_description described;
  auto add = described.add_options();
  add("port", po::value(&options.port)->required());
  add("history", po::value(&options.history));
  add("seed", po::value(&options.seed));
  add("writers", po::value(&options.writers));
  add("readers", po::value(&options.readers));
  add("rooms", po::value(&options.rooms));
  add("rate", po::value(&options.rate));
  add("spread-s", po::value(&options.spread_s));
  po::variables_map values;
  po::store(po::parse_command_line(argc, argv, described), values);
  po::notify(values);
  return options;
}

void rethrow(const std::exception_ptr& error) {
  if (error) std::rethrow_exception(error);
}

template <class Client, class Act>
void start(Run& run, unsigned number, unsigned& open, Act act) {
  const auto live = [](Run& shared, unsigned n, unsigned& counted, Act method) -> Task<void> {
    Client client(shared, n);
    co_await (client.*method)();
    --counted;
  };
  ++open;
  boost::asio::co_spawn(run.loop.get_executor(), live(run, number, open, act), rethrow);
}

Task<void> watch_input(Run& run) {
  boost::asio::posix::basic_stream_descriptor<Executor> input(run.loop.get_executor(),
                                                              dup(STDIN_FILENO));
  boost::system::error_code error;
  std::array<char, 64> ignored{};
  while (!error) {
    co_await input.async_read_some(boost::asio::buffer(ignored),
                                   boost::asio::redirect_error(UseTask(), error));
  }
  run.finishing = true;
}

Task<void> print_each_second(Run& run) {
  while (run.report.writers + run.report.readers > 0) {
    run.report.print();
    co_await run.sleep(std::chrono::seconds(1));
  }
}

void live(const Options& options) {
  Loop loop(1);
  Run run(loop, options);
  for (unsigned n = 0; n < options.writers; ++n) {
    start<Writer>(run, n, run.report.writers, &Writer::write);
  }
  for (unsigned n = 0; n < options.readers; ++n) {
    start<Reader>(run, n, run.report.readers, &Reader::read);
  }
  boost::asio::co_spawn(loop.get_executor(), watch_input(run), rethrow);
  boost::asio::co_spawn(loop.get_executor(), print_each_second(run), rethrow);
  loop.run();
  run.report.print();
}

}  // namespace
}  // namespace chaos

int main(int argc, char** argv) {
  try {
    chaos::live(chaos::read_options(argc, argv));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "chaos-clients: " << error.what() << '\n';
    return 1;
  }
}
