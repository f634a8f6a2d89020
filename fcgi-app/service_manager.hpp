// What systemd is told of the worker: sd_notify. The only file that knows libsystemd is
// service_manager.cpp. Without a service manager every call does nothing.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace chat {

class ServiceManager {
 public:
  ServiceManager();

  // Requests are taken from now on.
  void ready();
  void stopping();

  // Still alive, and what it is doing, in words for `systemctl status`. A manager with a watchdog
  // ends a worker that does not say so at least every watchdog_timeout().
  void alive(const std::string& status);
  [[nodiscard]] std::optional<std::chrono::microseconds> watchdog_timeout() const {
    return watchdog_timeout_;
  }

 private:
  std::optional<std::chrono::microseconds> watchdog_timeout_;
};

}  // namespace chat
