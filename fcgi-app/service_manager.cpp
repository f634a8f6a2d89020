#include "service_manager.hpp"

#include <systemd/sd-daemon.h>

#include <cstdint>

namespace chat {
namespace {

// The environment stays as it is: the worker starts no program that could be taken for it. Whether
// the message arrives is the manager's affair; the worker's is to go on.
void notify(const std::string& state) { sd_notify(0, state.c_str()); }

}  // namespace

ServiceManager::ServiceManager() {
  std::uint64_t timeout_us = 0;
  if (sd_watchdog_enabled(0, &timeout_us) > 0) {
    watchdog_timeout_ = std::chrono::microseconds{timeout_us};
  }
}

void ServiceManager::ready() { notify("READY=1"); }

void ServiceManager::stopping() { notify("STOPPING=1\nSTATUS=Finishing what is under way"); }

void ServiceManager::alive(const std::string& status) {
  notify((watchdog_timeout_ ? "WATCHDOG=1\nSTATUS=" : "STATUS=") + status);
}

}  // namespace chat
