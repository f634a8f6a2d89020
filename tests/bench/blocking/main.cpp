// The plain way of doing it, to compare with: a process for each poll that waits, which looks,
// sleeps for a second and looks again. It reads and renders with the worker's own code, keeps its
// connection to the database and prepares its statements.

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/program_options.hpp>
#include <csignal>
#include <cstdlib>
#include <iostream>

#include "bench/blocking/server.hpp"

namespace {

namespace options = boost::program_options;

// Says on `ready` that the process serves.
[[noreturn]] void serve(const std::string& conninfo, int ready, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(EXIT_FAILURE);
  try {
    FCGX_Init();
    // libfcgi takes SIGTERM over, to end between two requests; here nothing is worth waiting for.
    std::signal(SIGTERM, SIG_DFL);
    blocking::Server server(conninfo);
    if (write(ready, "+", 1) != 1) _exit(EXIT_FAILURE);
    close(ready);
    server.run();
  } catch (const std::exception& error) {
    std::cerr << "blocking: " << error.what() << std::endl;
  }
  _exit(EXIT_FAILURE);
}

void fork_all(const std::string& conninfo, int processes, int ready) {
  const pid_t parent = getpid();
  for (int i = 0; i < processes; ++i) {
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("a process could not be forked");
    if (child == 0) serve(conninfo, ready, parent);
  }
}

void wait_until_ready(int ready, int processes) {
  char sign = 0;
  for (int i = 0; i < processes; ++i) {
    if (read(ready, &sign, 1) != 1) throw std::runtime_error("not all processes came up");
  }
}

int run(const std::string& conninfo, int processes) {
  int ready[2];
  if (pipe(ready) != 0) throw std::runtime_error("a pipe could not be made");
  fork_all(conninfo, processes, ready[1]);
  close(ready[1]);
  wait_until_ready(ready[0], processes);
  std::cout << "ready" << std::endl;
  // None ends by itself: the first that does has failed, and takes the others along.
  wait(nullptr);
  return EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    std::string conninfo;
    int processes = 0;
    options::options_description known("Options");
    known.add_options()("database", options::value(&conninfo)->required(), "connection string")(
        "processes", options::value(&processes)->required(), "how many polls may wait");
    options::variables_map given;
    options::store(options::parse_command_line(argc, argv, known), given);
    options::notify(given);
    return run(conninfo, processes);
  } catch (const std::exception& error) {
    std::cerr << "blocking: " << error.what() << std::endl;
    return EXIT_FAILURE;
  }
}
