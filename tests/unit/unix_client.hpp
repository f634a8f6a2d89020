// The web server's end of a connection, and descriptors that close themselves.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

namespace chat::test {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() { reset(); }

  [[nodiscard]] int get() const { return number_; }
  void reset() {
    if (number_ >= 0) close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

inline sockaddr_un unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error("the path is too long");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

inline Descriptor unix_socket() {
  return Descriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

// Bound and perhaps listening, as a server that knows no care leaves it.
inline Descriptor bound_socket(const std::string& path) {
  Descriptor bound = unix_socket();
  const sockaddr_un address = unix_address(path);
  if (bind(bound.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("bind failed");
  }
  return bound;
}

// Never blocks: what has not arrived yet is asked for again.
class UnixClient {
 public:
  explicit UnixClient(const std::string& path) : socket_(unix_socket()) {
    const sockaddr_un address = unix_address(path);
    if (connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("connect failed");
    }
  }

  // Whether all of it was taken.
  bool send(const std::string& bytes) const {
    return ::send(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }

  // What has arrived and was not taken.
  const std::string& received() {
    std::array<char, 65'536> chunk{};
    for (;;) {
      const ssize_t count = recv(socket_.get(), chunk.data(), chunk.size(), MSG_DONTWAIT);
      if (count > 0) received_.append(chunk.data(), static_cast<std::size_t>(count));
      if (count == 0 || (count < 0 && errno == ECONNRESET)) closed_ = true;
      if (count <= 0) return received_;
    }
  }

  // Whether the other end has begun to send what is not read yet; reads nothing.
  [[nodiscard]] bool has_unread() const {
    char first = 0;
    return recv(socket_.get(), &first, sizeof first, MSG_DONTWAIT | MSG_PEEK) > 0;
  }

  void take(std::size_t bytes) { received_.erase(0, bytes); }

  // Whether the other end has closed.
  bool closed() {
    received();
    return closed_;
  }

  void hang_up() { socket_.reset(); }

 private:
  Descriptor socket_;
  std::string received_;
  bool closed_ = false;
};

}  // namespace chat::test
