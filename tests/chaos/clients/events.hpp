// Server-sent events, as a browser reads them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chaos {

struct ServerEvent {
  std::string name;  // none: a message
  std::string id;
  std::string data;
};

class EventReader {
 public:
  // The events that are whole now. What has no data is none.
  std::vector<ServerEvent> take(std::string_view bytes);

 private:
  std::string rest_;
};

}  // namespace chaos
