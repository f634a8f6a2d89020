// Where the unit tests begin. Version 2 of Catch2 makes its main function here; version 3 brings
// one of its own (link Catch2Main and Catch2).
#define CATCH_CONFIG_MAIN
#include <csignal>

#include "catch.hpp"
#include "server/fastcgi.hpp"

namespace {

// As the worker does it: once, before the first thread.
const struct Libfcgi {
  Libfcgi() {
    chat::initialize_fastcgi();
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGTERM, SIG_DFL);
    std::signal(SIGUSR1, SIG_DFL);
  }
} libfcgi;

}  // namespace
