// What the command line says.
#pragma once

#include <cstdint>
#include <string>

namespace load {

struct Options {
  std::string mode;
  std::string target;
  std::string dialect = "chat";
  std::string readers = "polls";
  std::string room;
  std::string room_prefix = "bench-";
  std::string path = "/messages";
  std::string after;
  unsigned clients = 1;
  unsigned first_client = 0;
  unsigned rooms = 1;
  unsigned sources = 8;
  unsigned ramp = 512;
  unsigned bytes = 100;
  unsigned count = 300;
  unsigned pause_ms = 20;
  unsigned limit = 1000;
  unsigned expect = 0;
  unsigned rate = 0;
  unsigned post_connections = 256;
  double seconds = 10;
  double warm_up_s = 1;
  unsigned deadline_s = 120;
  unsigned poll_timeout_s = 30;
  unsigned answer_timeout_s = 30;
  std::uint64_t seed = 1;

  // Of client i of this process.
  std::string room_of(unsigned client) const {
    if (!room.empty()) return room;
    return room_prefix + std::to_string((first_client + client) % rooms);
  }
};

// Throws a sentence; says false after it has printed the help.
bool read_options(int argc, char** argv, Options& options);

}  // namespace load
