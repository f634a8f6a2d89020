// What libFuzzer calls: each fuzzer is this file, one target and the worker.
#include <csignal>
#include <cstddef>
#include <cstdint>

#include "server/fastcgi.hpp"
#include "target.hpp"

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  chat::initialize_fastcgi();
  std::signal(SIGPIPE, SIG_IGN);
  // libFuzzer catches these itself, but only when nobody else does.
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGUSR1, SIG_DFL);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chat::fuzz::targets().at(0).examine({reinterpret_cast<const char*>(data), size});
  return 0;
}
