// What is asked, as far as the floor wants to know it.
#pragma once

#include <optional>
#include <string_view>

namespace least {

enum class Asked { page, page_at_once, stream, post };

// Nothing while the request is not complete.
std::optional<Asked> read_request(std::string_view records);

}  // namespace least
