#include "metrics/scoreboard.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <stdexcept>

#include "log.hpp"
#include "metrics/scoreboard_file.hpp"

namespace chat {

struct Scoreboard::Board {
  struct alignas(64) Slot {
    Gauge pid;
    Gauge started_at;
    WorkerMetrics metrics;
  };
  ScoreboardHeader header;
  std::array<Slot, slot_count> slots;
};

namespace {

// Raise it with every change of WorkerMetrics, so that workers of two releases, which run side by
// side during an update, do not write into each other's numbers.
constexpr std::uint32_t layout_version = 2;

// Each lock is on one byte. The slots' come after the one on the file as a whole.
constexpr off_t first_slot_byte = 1;

off_t lock_byte(std::size_t slot) { return first_slot_byte + static_cast<off_t>(slot); }

std::int64_t unix_seconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Scoreboard::Scoreboard(const std::string& path) {
  try {
    if (!path.empty()) map(path);
  } catch (const std::runtime_error& failure) {
    log_warning("metrics of this worker alone", {{"scoreboard", path}, {"error", failure.what()}});
  }
  if (shared_ == nullptr) alone_ = std::make_unique<Board>();
  board_ = shared_ != nullptr ? shared_ : alone_.get();

  Board::Slot& slot = board_->slots[slot_];
  slot.pid.set(static_cast<std::int64_t>(getpid()));
  slot.started_at.set(unix_seconds());
  slot.metrics.counters.worker_starts.add();
}

Scoreboard::~Scoreboard() {
  if (shared_ != nullptr) munmap(shared_, sizeof(Board));
  if (descriptor_ >= 0) close(descriptor_);
}

WorkerMetrics& Scoreboard::own() { return board_->slots[slot_].metrics; }

void Scoreboard::map(const std::string& path) {
  descriptor_ = open_scoreboard_file(path, {layout_version, sizeof(Board)});
  take_slot();
  void* const memory =
      mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, 0);
  if (memory == MAP_FAILED) throw_errno("mmap");
  // A new file is all zeros, which is what its members begin with.
  shared_ = static_cast<Board*>(memory);
  shared_->slots[slot_].metrics.gauges.reset();
}

void Scoreboard::take_slot() {
  for (slot_ = 0; slot_ < slot_count; ++slot_) {
    if (try_lock_byte(descriptor_, lock_byte(slot_))) return;
  }
  slot_ = 0;
  throw std::runtime_error("all slots are taken");
}

bool Scoreboard::is_alive(std::size_t slot) const {
  if (slot == slot_) return true;
  return shared_ != nullptr && is_locked_by_another(descriptor_, lock_byte(slot));
}

std::unique_ptr<HostMetrics> Scoreboard::read() const {
  auto host = std::make_unique<HostMetrics>();
  host->shared = shared_ != nullptr;
  for (std::size_t i = 0; i < slot_count; ++i) {
    const Board::Slot& slot = board_->slots[i];
    if (slot.pid.value() == 0) continue;  // never used
    host->counters.add(slot.metrics.counters);
    if (!is_alive(i)) continue;
    host->gauges.add(slot.metrics.gauges);
    host->workers.push_back({slot.pid.value(), std::chrono::seconds{slot.started_at.value()}});
  }
  return host;
}

std::optional<std::size_t> Scoreboard::fewest_connections_of_others() const {
  std::optional<std::size_t> fewest;
  for (std::size_t i = 0; i < slot_count; ++i) {
    const Board::Slot& slot = board_->slots[i];
    if (i == slot_ || slot.pid.value() == 0 || !is_alive(i)) continue;
    const auto connections = static_cast<std::size_t>(slot.metrics.gauges.connections.value());
    if (!fewest || connections < *fewest) fewest = connections;
  }
  return fewest;
}

}  // namespace chat
