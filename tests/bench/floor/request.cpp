#include "bench/floor/request.hpp"

#include <fastcgi.h>
#include <string.h>

#include "server/fastcgi_records.hpp"

namespace least {
namespace {

constexpr std::size_t header_size = 8;

bool is_complete(std::string_view records) {
  while (records.size() >= header_size) {
    const std::size_t content = chat::uint16_at(records, 4);
    if (chat::byte_at(records, 1) == FCGI_STDIN && content == 0) return true;
    const std::size_t size = header_size + content + chat::byte_at(records, 6);
    if (records.size() < size) return false;
    records.remove_prefix(size);
  }
  return false;
}

bool has(std::string_view records, std::string_view text) {
  return memmem(records.data(), records.size(), text.data(), text.size()) != nullptr;
}

}  // namespace

// A parameter's value stands right after its name.
std::optional<Asked> read_request(std::string_view records) {
  if (!is_complete(records)) return std::nullopt;
  if (has(records, "REQUEST_METHODPOST")) return Asked::post;
  if (has(records, "HTTP_ACCEPTtext/event-stream")) return Asked::stream;
  return has(records, "timeout=0") ? Asked::page_at_once : Asked::page;
}

}  // namespace least
