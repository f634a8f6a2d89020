// What the clients say.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace chaos {

using Random = std::mt19937_64;

struct Saying {
  std::uint64_t serial = 0;  // unique in a run; the body begins with its 16 hexadecimal digits
  std::string json;
  std::uint32_t digest = 0;
};

Saying make_saying(std::uint64_t serial, const std::string& room, const std::string& author,
                   Random& random);
// Another body for the same message, which it never had; `number` counts its changes.
Saying make_edit(std::uint64_t serial, std::uint32_t number, const std::string& room,
                 const std::string& author, Random& random);

// Uniform in [0, below).
std::uint64_t any(Random& random, std::uint64_t below);

}  // namespace chaos
