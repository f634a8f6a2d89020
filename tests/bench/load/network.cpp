#include "bench/load/network.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <stdexcept>

namespace load {
namespace {

// More than a page of messages, so that one recv can bring it.
constexpr std::size_t buffer_size = 512 << 10;
constexpr std::size_t longest_excerpt = 160;
constexpr std::uint32_t first_source = 0x7f000002;  // 127.0.0.2
constexpr Nanoseconds look_every_ns = ns_per_s;

sockaddr_in address_of(const std::string& target) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  const auto colon = target.find(':');
  std::uint16_t port = 0;
  bool valid = colon != std::string::npos &&
               inet_pton(AF_INET, target.substr(0, colon).c_str(), &address.sin_addr) == 1;
  if (valid) {
    const char* end = target.data() + target.size();
    const auto [stopped, error] = std::from_chars(target.data() + colon + 1, end, port);
    valid = error == std::errc() && stopped == end && port != 0;
  }
  // Load stays on this machine.
  if (!valid || ntohl(address.sin_addr.s_addr) >> 24 != 127) {
    throw std::runtime_error("--target is 127.x.y.z:PORT, and not '" + target + "'.");
  }
  address.sin_port = htons(port);
  return address;
}

bool bind_source(int socket, std::uint32_t source) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(source);
  const int on = 1;
  // The port is chosen by connect(): bind() would want one that no other target has either.
  return setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) == 0 &&
         setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
         bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace

Network::Network(EventLoop& with, const Options& options, unsigned patience_s)
    : loop(with),
      buffer(buffer_size),
      target_(address_of(options.target)),
      sources_(options.sources),
      patience_ns_(patience_s * ns_per_s) {
  loop.after(options.deadline_s * ns_per_s,
             [this, deadline_s = options.deadline_s] { fail_at_deadline(deadline_s); });
  if (patience_ns_ > 0) look_for_impatient();
}

int Network::connect() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket < 0) return -1;
  const std::uint32_t source = first_source + next_source_++ % sources_;
  if (bind_source(socket, source) &&
      (::connect(socket, reinterpret_cast<const sockaddr*>(&target_), sizeof target_) == 0 ||
       errno == EINPROGRESS)) {
    return socket;
  }
  const int error = errno;
  close(socket);
  errno = error;
  return -1;
}

void Network::count_failure(std::string_view reason) {
  ++tally.failed;
  if (first_failure_.empty()) first_failure_ = reason;
}

void Network::count_failure(const Answer& answer) {
  if (!first_failure_.empty()) {
    ++tally.failed;
    return;
  }
  std::string reason = "status " + std::to_string(answer.status);
  if (!answer.body.empty()) reason += ": " + std::string(answer.body.substr(0, longest_excerpt));
  count_failure(reason);
}

std::string Network::take_first_failure() {
  std::string taken;
  taken.swap(first_failure_);
  return taken;
}

void Network::fail_at_deadline(unsigned deadline_s) {
  std::string sentence =
      "it took more than the " + std::to_string(deadline_s) + " s of --deadline-s.";
  if (!first_failure_.empty()) sentence += " The first failure was: " + first_failure_ + '.';
  throw std::runtime_error(sentence);
}

// One look a second at all of them costs less than a timer for each request.
void Network::look_for_impatient() {
  const Nanoseconds limit = now_ns() - patience_ns_;
  for (auto* patient : patients_) patient->give_up_if_asked_before(limit);
  loop.after(look_every_ns, [this] { look_for_impatient(); });
}

}  // namespace load
