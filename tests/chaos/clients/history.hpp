// What the clients did and saw, in files that tests/chaos/history.py reads. Numbers are
// little-endian.
//
//   posts.bin     40 bytes each: serial u64, id 16 bytes, digest u32, event u8, 3 zero bytes,
//                 milliseconds of the monotonic clock u64, at which this request began
//   reader-N.bin  20 bytes each: id 16 bytes, digest u32; one file per reader, in the order read
//   polls-N.bin   12 bytes each: milliseconds at which a request began u64, and how many messages
//   of
//                 reader-N.bin its answer had u32
//
// `digest` is text.hpp's: of what was sent with `sent`, of the answer with `answered`.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "chaos/clients/text.hpp"

namespace chaos {

enum class Event : std::uint8_t {
  sent = 1,        // about to be tried for the first time
  answered = 2,    // 200; a repeated POST has several
  unresolved = 3,  // had no key, so it was not tried again: it may be stored or not
  gone = 4,        // 410: it was stored, and deleted since
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

class ReadHistory {
 public:
  ReadHistory(const std::string& directory, unsigned reader)
      : file_(directory + "/reader-" + std::to_string(reader) + ".bin"),
        polls_(directory + "/polls-" + std::to_string(reader) + ".bin") {}

  void add(const std::vector<Seen>& page, std::uint64_t asked_at);

 private:
  RecordFile file_;
  RecordFile polls_;
};

}  // namespace chaos
