// The file of the scoreboard: made once, replaced when it is of another layout, and locked byte by
// byte.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace chat {

struct ScoreboardHeader {
  char magic[8];
  std::uint32_t version;
  std::uint32_t size;
};

struct ScoreboardLayout {
  std::uint32_t version;
  std::uint32_t size;
};

// A descriptor of a file of that layout, filled with zeros when it is new. Throws
// std::runtime_error.
int open_scoreboard_file(const std::string& path, const ScoreboardLayout& layout);

// The lock is the descriptor's: it ends when that is closed, at the latest with the process.
bool try_lock_byte(int descriptor, off_t byte);
void unlock_byte(int descriptor, off_t byte);
bool is_locked_by_another(int descriptor, off_t byte);

// Throws std::runtime_error with the reason that errno gives.
[[noreturn]] void throw_errno(const std::string& what);

}  // namespace chat
