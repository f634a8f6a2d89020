// The numbers of a host in words, for people: GET /status.
#pragma once

#include <string>
#include <string_view>

#include "metrics/scoreboard.hpp"

namespace chat {

inline constexpr std::string_view status_page_content_type = "text/html; charset=utf-8";

// Plain HTML that needs no style, no script and no escaping: it holds numbers alone.
std::string render_status_page(const HostMetrics& host);

}  // namespace chat
