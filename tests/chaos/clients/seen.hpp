// What the clients understand of an answer.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chaos {

using Id = std::array<std::uint8_t, 16>;

// One message, whole enough to know it again: `digest` is the CRC-32 of its room, author and body
// with a unit separator (0x1f) between them, as zlib computes it.
struct Seen {
  Id id{};
  std::uint32_t digest = 0;
  Id position{};  // its version, else its id
};

// Whether it was asked for what tells of changes. Who did not ask must never meet it.
enum class Fields { plain, with_changes };

// Nothing when the text is not what the contract promises.
std::optional<Seen> read_message(std::string_view json, Fields fields);
std::optional<std::vector<Seen>> read_page(std::string_view json, Fields fields);
// The epoch in the event that says how far everything was read.
std::optional<std::string> read_epoch(std::string_view json);

std::uint32_t digest_of(std::string_view room, std::string_view author, std::string_view body);
std::optional<Id> parse_id(std::string_view text);
std::string format_id(const Id& id);

}  // namespace chaos
