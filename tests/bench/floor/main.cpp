// The floor: the least that a program can do which holds requests of FastCGI and answers all of
// them with a constant when one is posted. No database, no rooms, nothing is read that need not be.

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/program_options.hpp>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

#include "bench/floor/responder.hpp"

namespace {

namespace options = boost::program_options;

void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

[[noreturn]] void serve(const std::vector<int>& wakers, std::size_t own,
                        const least::Answers& answers, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(EXIT_FAILURE);
  try {
    least::Responder(STDIN_FILENO, wakers, own, answers).run();
  } catch (const std::exception& error) {
    std::cerr << "floor: " << error.what() << std::endl;
  }
  _exit(EXIT_FAILURE);
}

int run(const std::string& message, unsigned processes) {
  raise_descriptor_limit();
  // Several are woken for one connection, and whoever comes late must not wait for the next.
  fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
  const least::Answers answers(message);
  std::vector<int> wakers;
  for (unsigned i = 0; i < processes; ++i) wakers.push_back(eventfd(0, EFD_NONBLOCK));
  const pid_t parent = getpid();
  for (unsigned i = 0; i < processes; ++i) {
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("a process could not be forked");
    if (child == 0) serve(wakers, i, answers, parent);
  }
  std::cout << "ready" << std::endl;
  // None ends by itself: the first that does has failed, and takes the others along.
  wait(nullptr);
  return EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    std::string message;
    unsigned processes = 1;
    options::options_description known("Options");
    known.add_options()("message", options::value(&message)->required(), "JSON of a message")(
        "processes", options::value(&processes)->required(), "that share the socket");
    options::variables_map given;
    options::store(options::parse_command_line(argc, argv, known), given);
    options::notify(given);
    return run(message, processes);
  } catch (const std::exception& error) {
    std::cerr << "floor: " << error.what() << std::endl;
    return EXIT_FAILURE;
  }
}
