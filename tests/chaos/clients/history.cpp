#include "chaos/clients/history.hpp"

#include <cerrno>
#include <cstring>
#include <system_error>

namespace chaos {
namespace {

template <class Number>
std::uint8_t* put(std::uint8_t* at, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i)
    *at++ = static_cast<std::uint8_t>(number >> 8 * i);
  return at;
}

std::uint8_t* put(std::uint8_t* at, const Id& id) {
  std::memcpy(at, id.data(), id.size());
  return at + id.size();
}

}  // namespace

std::uint64_t now_ms() {
  using std::chrono::milliseconds;
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<milliseconds>(now).count());
}

RecordFile::RecordFile(const std::string& path) : file_(std::fopen(path.c_str(), "wb")) {
  if (!file_) throw std::system_error(errno, std::generic_category(), path);
}

void RecordFile::write(const void* data, std::size_t size) {
  // A history with a hole would accuse the chat of what the disk did.
  if (std::fwrite(data, 1, size, file_.get()) != size) {
    throw std::system_error(errno, std::generic_category(), "history");
  }
}

void PostHistory::add(std::uint64_t serial, Event event, const Seen& seen, std::uint64_t asked_at) {
  std::array<std::uint8_t, 40> record{};
  std::uint8_t* at = put(record.data(), serial);
  at = put(at, seen.id);
  at = put(at, seen.digest);
  *at = static_cast<std::uint8_t>(event);
  put(at + 4, asked_at);
  file_.write(record.data(), record.size());
}

void ChangeHistory::add(std::uint32_t number, Event event, const Seen& seen,
                        std::uint64_t asked_at) {
  std::array<std::uint8_t, 64> record{};
  std::uint8_t* at = put(record.data(), seen.id);
  at = put(at, seen.position);
  at = put(at, number);
  at = put(at, seen.digest);
  *at = static_cast<std::uint8_t>(event);
  at = put(at + 8, asked_at);
  put(at, now_ms());
  file_.write(record.data(), record.size());
}

void ReadHistory::add(const std::vector<Seen>& page, std::uint64_t asked_at) {
  for (const Seen& seen : page) {
    std::array<std::uint8_t, 36> record{};
    put(put(put(record.data(), seen.id), seen.position), seen.digest);
    file_.write(record.data(), record.size());
  }
  if (page.empty()) return;
  size_ += page.size();
  std::array<std::uint8_t, 12> poll{};
  put(put(poll.data(), asked_at), static_cast<std::uint32_t>(page.size()));
  polls_.write(poll.data(), poll.size());
}

}  // namespace chaos
