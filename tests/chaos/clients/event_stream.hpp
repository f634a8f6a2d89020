// GET /messages as a stream of events, on a connection of its own.
#pragma once

#include <optional>
#include <vector>

#include "chaos/clients/events.hpp"
#include "chaos/clients/http_client.hpp"

namespace chaos {

// What came next of a stream.
struct Arrival {
  std::vector<ServerEvent> events;
  bool open = true;
  std::string failure;  // why it is not open any more: "cut" or "silence"; none when it ended
};

class EventStream {
 public:
  using Milliseconds = HttpClient::Milliseconds;

  EventStream(Loop& loop, const HttpClient::Endpoint& server)
      : stream_(loop.get_executor()), server_(server) {}

  // The head of the answer. What is refused comes with no body.
  Task<Answer> open(std::string target, std::string last_event_id, Milliseconds patience);
  // At least one event, or the end.
  Task<Arrival> next(Milliseconds patience);

  void hang_up();

 private:
  using Error = boost::system::error_code;
  using Parser = boost::beast::http::response_parser<boost::beast::http::string_body>;

  Task<Error> ask(std::string target, std::string last_event_id);

  boost::beast::basic_stream<boost::asio::ip::tcp, Executor> stream_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  EventReader events_;
  const HttpClient::Endpoint server_;
};

}  // namespace chaos
