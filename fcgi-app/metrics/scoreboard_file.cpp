#include "metrics/scoreboard_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <thread>

namespace chat {
namespace {

constexpr char magic[8] = {'c', 'h', 'a', 't', '-', 's', 'b', '\0'};

// Held while the file is made or replaced.
constexpr off_t whole_file_byte = 0;

// Who holds it does so for microseconds, unless it was stopped just then.
constexpr std::chrono::milliseconds lock_pause{10};
constexpr int lock_attempts = 200;

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int get() const { return descriptor_; }
  int release() {
    const int released = descriptor_;
    descriptor_ = -1;
    return released;
  }

 private:
  int descriptor_;
};

// Open file description locks: unlike the older kind they are not lost when some other descriptor
// of the same file is closed.
bool set_lock(int descriptor, off_t byte, short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  return fcntl(descriptor, F_OFD_SETLK, &lock) == 0;
}

void lock_whole_file(int descriptor) {
  for (int i = 0; !try_lock_byte(descriptor, whole_file_byte); ++i) {
    if (errno != EAGAIN && errno != EACCES) throw_errno("fcntl");
    if (i == lock_attempts) throw std::runtime_error("another worker holds it");
    std::this_thread::sleep_for(lock_pause);
  }
}

// Somebody may have replaced the file between our open and our lock.
bool is_still_at(const std::string& path, int descriptor) {
  struct stat ours {};
  struct stat current {};
  return fstat(descriptor, &ours) == 0 && stat(path.c_str(), &current) == 0 &&
         ours.st_dev == current.st_dev && ours.st_ino == current.st_ino;
}

bool has_layout(int descriptor, const ScoreboardLayout& layout) {
  struct stat status {};
  ScoreboardHeader header{};
  return fstat(descriptor, &status) == 0 && status.st_size == layout.size &&
         pread(descriptor, &header, sizeof header, 0) == sizeof header &&
         std::memcmp(header.magic, magic, sizeof magic) == 0 && header.version == layout.version &&
         header.size == layout.size;
}

// Replaced is only what some worker made, or began to make and died: a path that was given by
// mistake costs nobody a file.
bool is_scoreboard(int descriptor) {
  constexpr char unfinished[sizeof magic] = {};
  char found[sizeof magic];
  return pread(descriptor, found, sizeof found, 0) == sizeof found &&
         (std::memcmp(found, magic, sizeof magic) == 0 ||
          std::memcmp(found, unfinished, sizeof magic) == 0);
}

bool is_empty(int descriptor) {
  struct stat status {};
  return fstat(descriptor, &status) == 0 && status.st_size == 0;
}

// The blocks are reserved now: a full disk must show here, not as SIGBUS when a worker counts.
void fill(int descriptor, const ScoreboardLayout& layout) {
  if (const int error = posix_fallocate(descriptor, 0, layout.size); error != 0) {
    errno = error;
    throw_errno("posix_fallocate");
  }
  ScoreboardHeader header{{}, layout.version, layout.size};
  std::memcpy(header.magic, magic, sizeof magic);
  if (pwrite(descriptor, &header, sizeof header, 0) != sizeof header) throw_errno("write");
}

}  // namespace

void throw_errno(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

bool try_lock_byte(int descriptor, off_t byte) { return set_lock(descriptor, byte, F_WRLCK); }

void unlock_byte(int descriptor, off_t byte) { set_lock(descriptor, byte, F_UNLCK); }

bool is_locked_by_another(int descriptor, off_t byte) {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  return fcntl(descriptor, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

int open_scoreboard_file(const std::string& path, const ScoreboardLayout& layout) {
  for (;;) {
    Descriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660));
    if (file.get() < 0) throw_errno("open");
    lock_whole_file(file.get());
    if (!is_still_at(path, file.get())) continue;
    if (is_empty(file.get())) fill(file.get(), layout);
    if (has_layout(file.get(), layout)) {
      unlock_byte(file.get(), whole_file_byte);
      return file.release();
    }
    if (!is_scoreboard(file.get())) throw std::runtime_error("it is another kind of file");
    // Whoever has it mapped keeps it.
    if (unlink(path.c_str()) != 0) throw_errno("unlink");
  }
}

}  // namespace chat
