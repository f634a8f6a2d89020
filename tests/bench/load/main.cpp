// Makes the load of `make bench`, as cheaply as it can, for it shares its processors with what it
// measures. `bench-load --help` is the interface: its modes, what they read and what they print.
#include "bench/load/modes.hpp"

#include <sys/resource.h>

#include <exception>
#include <iostream>
#include <map>
#include <stdexcept>

namespace load {
namespace {

using Mode = void (*)(EventLoop&, const Options&);
const std::map<std::string, Mode> modes = {
    {"polls", run_polls},       {"post", run_post}, {"echo", run_echo},
    {"catch-up", run_catch_up}, {"busy", run_busy},
};

// Beyond the clients: standard streams, the loop, who posts, and the ramp's probes.
constexpr rlim_t other_descriptors = 64;

void raise_descriptor_limit(const Options& options) {
  const rlim_t needed = options.clients + options.clients / options.ramp +
                        options.post_connections + other_descriptors;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < needed) {
    throw std::runtime_error("this process may have " + std::to_string(limit.rlim_cur) +
                             " descriptors, and these clients need " + std::to_string(needed) +
                             ": divide them among several processes.");
  }
}

void run(const Options& options) {
  const auto mode = modes.find(options.mode);
  if (mode == modes.end()) {
    throw std::runtime_error("there is no mode '" + options.mode + "'; see bench-load --help.");
  }
  raise_descriptor_limit(options);
  EventLoop loop;
  mode->second(loop, options);
}

}  // namespace
}  // namespace load

int main(int argc, char** argv) {
  try {
    load::Options options;
    if (load::read_options(argc, argv, options)) load::run(options);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "bench-load: " << error.what() << '\n';
    return 1;
  }
}
