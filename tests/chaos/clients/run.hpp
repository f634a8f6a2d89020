// What all clients of a run share.
#pragma once

#include "chaos/clients/history.hpp"
#include "chaos/clients/report.hpp"
#include "chaos/clients/text.hpp"

#include <boost/asio/steady_timer.hpp>
#include <string>

namespace chaos {

struct Options {
  unsigned short port = 0;
  std::string history = ".";  // a directory
  std::uint64_t seed = 1;
  unsigned writers = 48;
  unsigned readers = 16;
  unsigned rooms = 4;
  // Messages per second that all writers together do not exceed; 0: as fast as they are answered.
  unsigned rate = 1500;
  // Readers that start later do so within this time.
  unsigned spread_s = 20;
};

struct Run {
  Run(Loop& event_loop, const Options& wanted)
      : loop(event_loop),
        options(wanted),
        server(boost::asio::ip::address_v4::loopback(), wanted.port),
        posts(wanted.history),
        changes(wanted.history) {}

  [[nodiscard]] std::string room(std::uint64_t number) const {
    return "room-" + std::to_string(number % options.rooms);
  }
  // Nothing more will be written: who finds nothing now has read everything.
  [[nodiscard]] bool all_written() const { return finishing && report.writers == 0; }

  Task<void> sleep(std::chrono::milliseconds time) const {
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>, Executor>
        timer(loop.get_executor(), time);
    co_await timer.async_wait(UseTask());
  }

  Loop& loop;
  const Options options;
  const HttpClient::Endpoint server;
  PostHistory posts;
  ChangeHistory changes;
  Report report;
  bool finishing = false;
};

}  // namespace chaos
