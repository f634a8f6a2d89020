// The Prefer header (RFC 7240).
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace chat {

// The seconds of `wait=N`. Nothing when the header has none, or none that can be understood: a
// preference is never an error.
std::optional<std::chrono::seconds> preferred_wait(std::string_view prefer_header);

}  // namespace chat
