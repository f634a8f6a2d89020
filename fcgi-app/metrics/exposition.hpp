// The numbers of a host as Prometheus reads them. The only file that knows prometheus-cpp is
// exposition.cpp.
#pragma once

#include <string>
#include <string_view>

#include "metrics/scoreboard.hpp"

namespace chat {

inline constexpr std::string_view exposition_content_type =
    "text/plain; version=0.0.4; charset=utf-8";

std::string render_exposition(const HostMetrics& host);

}  // namespace chat
