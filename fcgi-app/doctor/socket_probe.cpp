#include "doctor/socket_probe.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include "server/fastcgi_records.hpp"

namespace chat {
namespace {

constexpr timeval patience{5, 0};
constexpr std::size_t longest_answer = 64 * 1024;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

struct User {
  uid_t id;
  std::vector<gid_t> groups;
};

// Which of owner, group and others he is, as a shift of the mode's bits.
bool has_bit(const User& user, const struct stat& status, unsigned bit) {
  if (user.id == 0) return true;
  if (status.st_uid == user.id) return (status.st_mode & (bit << 6U)) != 0;
  const bool in_group =
      std::find(user.groups.begin(), user.groups.end(), status.st_gid) != user.groups.end();
  return (status.st_mode & (in_group ? bit << 3U : bit)) != 0;
}

// Through the directories, and to write to the socket.
bool may_connect(const User& user, const std::string& path) {
  constexpr unsigned write = 2;
  constexpr unsigned pass = 1;
  struct stat status {};
  if (stat(path.c_str(), &status) == 0 && !has_bit(user, status, write)) return false;
  for (std::filesystem::path above = std::filesystem::path(path).parent_path();;
       above = above.parent_path()) {
    if (stat(above.c_str(), &status) == 0 && !has_bit(user, status, pass)) return false;
    if (above == above.parent_path()) return true;
  }
}

// All that comes until the other side closes or is silent.
std::string read_all(int descriptor) {
  std::string answer;
  std::array<char, 4096> chunk;
  for (;;) {
    const ssize_t count = read(descriptor, chunk.data(), chunk.size());
    if (count <= 0 || answer.size() > longest_answer) return answer;
    answer.append(chunk.data(), static_cast<std::size_t>(count));
  }
}

// The JSON at the end of the first record; records of an answer this short are never split.
std::string body_of(const std::string& answer) {
  const std::size_t begin = answer.find('{');
  const std::size_t end = answer.find('}', begin == std::string::npos ? 0 : begin);
  if (begin == std::string::npos || end == std::string::npos) return "nothing that can be read";
  return answer.substr(begin, end - begin + 1);
}

}  // namespace

bool everybody_may_connect(const std::string& path) {
  constexpr uid_t nobody = 65'534;
  return may_connect(User{nobody, {nobody}}, path);
}

bool may_connect(const std::string& user, const std::string& path) {
  const passwd* const entry = getpwnam(user.c_str());
  if (entry == nullptr) return true;
  int count = 64;
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  if (getgrouplist(user.c_str(), entry->pw_gid, groups.data(), &count) < 0) return true;
  groups.resize(static_cast<std::size_t>(count));
  return may_connect(User{entry->pw_uid, std::move(groups)}, path);
}

ProbeResult ask_for_health(const std::string& path) {
  using Outcome = ProbeResult::Outcome;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return {Outcome::refused, {}};
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const Descriptor connection(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  setsockopt(connection.number(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(connection.number(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (connect(connection.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
      0) {
    if (errno == EACCES || errno == EPERM) return {Outcome::not_allowed, {}};
    return {errno == EAGAIN ? Outcome::silent : Outcome::refused, {}};
  }
  const std::string request = encode_request(
      {{"REQUEST_METHOD", "GET"}, {"DOCUMENT_URI", "/healthz"}, {"REQUEST_ID", "doctor"}});
  if (send(connection.number(), request.data(), request.size(), MSG_NOSIGNAL) < 0) {
    return {Outcome::silent, {}};
  }
  const std::string answer = read_all(connection.number());
  if (answer.empty()) return {Outcome::silent, {}};
  if (answer.find("Status: 200") != std::string::npos) return {Outcome::healthy, {}};
  return {Outcome::ill, body_of(answer)};
}

}  // namespace chat
