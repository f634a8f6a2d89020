// What the clients say, and what they understand of an answer.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace chaos {

using Id = std::array<std::uint8_t, 16>;
using Random = std::mt19937_64;

// One message, whole enough to know it again: `digest` is the CRC-32 of its room, author and body
// with a unit separator (0x1f) between them, as zlib computes it.
struct Seen {
  Id id{};
  std::uint32_t digest = 0;
};

struct Saying {
  std::uint64_t serial = 0;  // unique in a run; the body begins with its 16 hexadecimal digits
  std::string json;
  std::uint32_t digest = 0;
};

Saying make_saying(std::uint64_t serial, const std::string& room, const std::string& author,
                   Random& random);

// Nothing when the text is not what the contract promises.
std::optional<Seen> read_message(std::string_view json);
std::optional<std::vector<Seen>> read_page(std::string_view json);

std::string format_id(const Id& id);

// Uniform in [0, below).
std::uint64_t any(Random& random, std::uint64_t below);

}  // namespace chaos
