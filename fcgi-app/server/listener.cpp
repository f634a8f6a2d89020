#include "server/listener.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace chat {
namespace {

constexpr int backlog = 4096;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

bool is_listening(int descriptor) {
  int listening = 0;
  socklen_t size = sizeof listening;
  return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 &&
         listening != 0;
}

// All who share a listening socket share its O_NONBLOCK, and systemd clears it whenever it starts
// one of them. A worker that was woken together with the others, and came second, would then wait
// in accept for the next connection, deaf to everything else. This bound belongs to the socket.
void bound_accept(int descriptor) {
  const timeval bound{0, 1000};
  if (setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound) != 0) {
    fail("SO_RCVTIMEO");
  }
}

int unix_socket() {
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) fail("socket");
  return descriptor;
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    throw std::runtime_error("--listen: " + path + " is longer than a socket's path may be (" +
                             std::to_string(sizeof address.sun_path - 1) + " bytes)");
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

// A socket whose server has died refuses; anything that answers is alive.
void remove_if_dead(const std::string& path, const sockaddr_un& address) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return;
  if (!S_ISSOCK(status.st_mode)) {
    throw std::runtime_error("--listen: " + path + " exists and is no socket");
  }
  const int probe = unix_socket();
  const int result = connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int error = errno;
  close(probe);
  if (result == 0 || error != ECONNREFUSED) {
    throw std::runtime_error("--listen: another server listens on " + path);
  }
  unlink(path.c_str());
}

}  // namespace

Listener Listener::from_standard_input() {
  if (!is_listening(STDIN_FILENO)) {
    throw std::runtime_error(
        "standard input is not a listening socket; give one (systemd's StandardInput=socket, "
        "spawn-fcgi) or use --listen PATH");
  }
  const int descriptor = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
  if (descriptor < 0) fail("dup");
  Listener listener(descriptor, {});
  bound_accept(descriptor);
  return listener;
}

Listener Listener::at_path(const std::string& path) {
  const sockaddr_un address = address_of(path);
  remove_if_dead(path, address);
  Listener listener(unix_socket(), {});
  // The mode is set by the umask, so that there is no moment in which others may connect.
  const mode_t previous = umask(0117);
  const int bound =
      bind(listener.descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  umask(previous);
  if (bound != 0) fail("--listen: " + path);
  listener.path_ = path;
  if (listen(listener.descriptor_, backlog) != 0) fail("--listen: " + path);
  return listener;
}

Listener::Listener(Listener&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::exchange(other.path_, std::string())) {}

Listener::~Listener() {
  if (descriptor_ >= 0) close(descriptor_);
  remove_path();
}

void Listener::remove_path() {
  if (!path_.empty()) unlink(path_.c_str());
  path_.clear();
}

int Listener::release() { return std::exchange(descriptor_, -1); }

}  // namespace chat
