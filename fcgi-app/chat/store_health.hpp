// Whether this worker can store messages, as far as it knows. It knows from those that are posted;
// when nobody posts, or when something went wrong, it tries.
#pragma once

#include <atomic>
#include <chrono>

#include "domain/write_store.hpp"

namespace chat {

// On the appender's thread, where nothing else is said.
class StoreHealth {
 public:
  using Clock = std::chrono::steady_clock;

  // `probe_interval`: how long a success is taken for granted.
  explicit StoreHealth(std::chrono::milliseconds probe_interval)
      : probe_interval_(probe_interval) {}

  // On any thread.
  [[nodiscard]] StoreTrouble trouble() const { return trouble_; }

  // Messages were stored.
  void stored();
  // Messages were given up after all retries.
  void gave_up(StoreTrouble trouble);
  // One message was refused. Was it the message, or does the store refuse them all?
  void refused();

  // When probe() should be called next.
  [[nodiscard]] Clock::time_point next_probe() const { return next_probe_; }
  void probe(WriteStore& store);

 private:
  void set(StoreTrouble trouble);
  void probe_failed(StoreTrouble trouble, const char* why);

  const std::chrono::milliseconds probe_interval_;
  std::atomic<StoreTrouble> trouble_{StoreTrouble::none};
  StoreTrouble suspected_ = StoreTrouble::none;
  unsigned probes_ = 0;
  Clock::time_point next_probe_ = Clock::now();
};

}  // namespace chat
