#include "chaos/clients/events.hpp"

namespace chaos {
namespace {

// A comment has an empty name. Of each field the last one counts: the chat sends each once.
ServerEvent event_of(std::string_view block) {
  ServerEvent event;
  while (!block.empty()) {
    const std::string_view line = block.substr(0, block.find('\n'));
    block.remove_prefix(line.size() + 1);
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, colon);
    const std::string value(line.substr(colon + 2));
    if (name == "event") event.name = value;
    if (name == "id") event.id = value;
    if (name == "data") event.data = value;
  }
  return event;
}

}  // namespace

std::vector<ServerEvent> EventReader::take(std::string_view bytes) {
  rest_ += bytes;
  std::vector<ServerEvent> events;
  std::size_t begin = 0;
  for (std::size_t end = rest_.find("\n\n"); end != std::string::npos;
       end = rest_.find("\n\n", begin)) {
    ServerEvent event = event_of(std::string_view(rest_).substr(begin, end + 1 - begin));
    if (!event.data.empty()) events.push_back(std::move(event));
    begin = end + 2;
  }
  rest_.erase(0, begin);
  return events;
}

}  // namespace chaos
