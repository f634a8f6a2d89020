// A small file that all workers of a host map into memory, so that any of them can answer for all.
//
// Each worker has a slot and holds a lock on its byte of the file for as long as it lives; the
// kernel takes the lock back however the worker ends. A slot without its lock belongs to a dead
// worker: its counters still count, its gauges do not. The next worker that takes the slot goes on
// with the counters it finds, so nothing has to be moved, and nothing is lost or counted twice in
// between.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "metrics/worker_metrics.hpp"

namespace chat {

// What the workers of a host did, and what those that live do.
struct HostMetrics {
  struct LivingWorker {
    std::int64_t pid;
    std::chrono::seconds started_at;  // Unix time
  };
  bool shared = false;  // false: this worker alone, the others are not known
  std::vector<LivingWorker> workers;
  // Sums; of the clock's offset the value that is furthest from zero.
  WorkerCounters counters;
  WorkerGauges gauges;
};

class Scoreboard {
 public:
  // More slots than a host has workers; a worker that finds none counts for itself alone.
  static constexpr std::size_t slot_count = 64;

  // Maps the file at `path`, which is made when it is not there or is of another version. When that
  // fails, or without a path, this worker counts for itself alone: metrics are no reason not to
  // serve, so the log is all that hears of it.
  explicit Scoreboard(const std::string& path);
  ~Scoreboard();
  Scoreboard(const Scoreboard&) = delete;
  Scoreboard& operator=(const Scoreboard&) = delete;

  // Where this worker counts.
  [[nodiscard]] WorkerMetrics& own();

  [[nodiscard]] std::unique_ptr<HostMetrics> read() const;

  // Of the other workers that live, the connections of the one that has fewest; nothing when there
  // is none. A system call for each of them.
  [[nodiscard]] std::optional<std::size_t> fewest_connections_of_others() const;

 private:
  struct Board;

  void map(const std::string& path);
  void take_slot();
  [[nodiscard]] bool is_alive(std::size_t slot) const;

  int descriptor_ = -1;
  Board* shared_ = nullptr;       // the file's, null when alone
  std::unique_ptr<Board> alone_;  // never looked at by anybody else
  Board* board_ = nullptr;        // one of the two
  std::size_t slot_ = 0;
};

}  // namespace chat
