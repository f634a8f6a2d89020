// What the clients did and saw, in files that tests/chaos/history.py reads. Numbers are
// little-endian; times are milliseconds of the monotonic clock, u64.
//
//   posts.bin     40 bytes each: serial u64, id 16 bytes, digest u32, event u8, 3 zero bytes, when
//                 this request began
//   changes.bin   64 bytes each: id of the message 16 bytes, position 16 bytes, which change of it
//                 u32 (from 1), digest u32, event u8, 7 zero bytes, when this request began, and
//                 when it was answered
//   reader-N.bin  36 bytes each: id 16 bytes, position 16 bytes, digest u32; one file per reader,
//                 in the order read
//   polls-N.bin   12 bytes each: when a request began, and how many messages of reader-N.bin came
//                 with its answer u32; of a stream several
//
// `digest` is seen.hpp's: of what was sent with `sent`, of the answer with `answered`. A DELETE
// sends the message without its text, and its answer brings nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "chaos/clients/seen.hpp"

namespace chaos {

enum class Event : std::uint8_t {
  sent = 1,        // about to be tried for the first time
  answered = 2,    // 200 or 204; what is repeated has several
  unresolved = 3,  // had no key, so it was not tried again: it may be stored or not
  gone = 4,        // 410, or 404 to a change: it was stored, and deleted since
  erasing = 5,     // as `sent`, of a DELETE
};

std::uint64_t now_ms();

class RecordFile {
 public:
  explicit RecordFile(const std::string& path);
  void write(const void* data, std::size_t size);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;
};

class PostHistory {
 public:
  explicit PostHistory(const std::string& directory) : file_(directory + "/posts.bin") {}

  void add(std::uint64_t serial, Event event, const Seen& seen, std::uint64_t asked_at);

 private:
  RecordFile file_;
};

class ChangeHistory {
 public:
  explicit ChangeHistory(const std::string& directory) : file_(directory + "/changes.bin") {}

  void add(std::uint32_t number, Event event, const Seen& seen, std::uint64_t asked_at);

 private:
  RecordFile file_;
};

class ReadHistory {
 public:
  ReadHistory(const std::string& directory, unsigned reader)
      : file_(directory + "/reader-" + std::to_string(reader) + ".bin"),
        polls_(directory + "/polls-" + std::to_string(reader) + ".bin") {}

  void add(const std::vector<Seen>& page, std::uint64_t asked_at);
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  RecordFile file_;
  RecordFile polls_;
  std::uint64_t size_ = 0;
};

}  // namespace chaos
