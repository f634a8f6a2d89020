// The whole worker over a database in memory, at the other end of a real socket.
#include <optional>
#include <set>

#include "fuzz/expectations.hpp"
#include "fuzz/written_request.hpp"
#include "unit/server_fixture.hpp"

namespace chat::fuzz {
namespace {

using State = RequestFrame::State;

// One chat serves many inputs; before it holds too much another one takes over.
test::ServerFixture& chat() {
  constexpr std::size_t many = 50;
  static std::optional<test::ServerFixture> current;
  if (current && current->database.messages().size() > many) current.reset();
  if (!current) current.emplace().prime();
  return *current;
}

// HTTP as nginx reads it: no header can end early, and the body is as long as it says.
void require_http(const test::Answer& answer, bool head) {
  static const std::set<std::string> statuses = {"200", "400", "404", "405",
                                                 "413", "415", "422", "503"};
  const std::size_t end = answer.text.find("\r\n\r\n");
  require(end != std::string::npos, "an answer has headers");
  const std::string headers = answer.text.substr(0, end) + "\r\n";
  const std::string body = answer.text.substr(end + 4);
  require(headers.rfind("Status: ", 0) == 0 && statuses.count(headers.substr(8, 3)) == 1,
          "an answer has a status of the contract");
  const std::string length = "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  require(head ? body.empty() : headers.find(length) != std::string::npos,
          "a body is as long as it says, and HEAD has none");
  require(headers.find("\r\nCache-Control: no-store\r\n") != std::string::npos,
          "no answer may be kept");
  require(is_utf8(body), "a body is UTF-8");
  // The operator's pages are none.
  const bool json = headers.find("\r\nContent-Type: application/json\r\n") != std::string::npos;
  require(!json || head || body[0] == '{' || body[0] == '[', "a body is JSON where it says so");
}

void require_answer(const test::Answer& answer, const RequestFrame& frame,
                    std::string_view request) {
  for (const std::uint16_t id : answer.ids) {
    require(id == frame.request_id(), "an answer is the request's own");
  }
  const bool whole = answer.text.rfind("Status: 413", 0) != 0;
  const bool text = !whole || is_text(read_records(request));
  require_http(answer, whole && text && is_head(read_records(request)));
  require(text || answer.text.rfind("Status: 400", 0) == 0, "what is no text is refused");
}

// Whoever waits is answered when the time is up, at the latest.
test::Answer answer_to(test::ServerFixture& chat, test::UnixClient& client) {
  test::Answer answer;
  chat.run_until([&] {
    chat.look_succeeds();
    if (chat.waiting_room.parked() > 0) chat.pass(std::chrono::seconds{10});
    answer = test::parse_answer(client.received());
    return answer.bytes > 0 || client.closed();
  });
  return answer;
}

void examine_connection(test::ServerFixture& chat, const std::string& bytes) {
  RequestFrame frame({});
  const State state = frame.examine(bytes);
  test::UnixClient client = chat.connect();
  require(client.send(bytes), "the socket takes it");
  if (state == State::incomplete) {
    chat.wait_for_connections(1);
    require(client.received().empty(), "half a request has no answer");
  } else {
    const test::Answer answer = answer_to(chat, client);
    require((answer.bytes > 0) == (state != State::malformed), "a whole request is answered");
    if (answer.bytes > 0) require_answer(answer, frame, bytes);
  }
  client.hang_up();
  chat.wait_for_connections(0);
  require(chat.waiting_room.parked() == 0, "who has left does not wait");
}

void examine(std::string_view input) {
  // What begins as a record is sent as it is.
  const bool raw = !input.empty() && input[0] == '\1';
  const std::string bytes = raw ? std::string(input) : write_request(input).bytes;
  // The worker reads so much at once; what comes later would be judged alone.
  constexpr std::size_t one_read = 16'384;
  if (bytes.size() <= one_read) examine_connection(chat(), bytes);
}

const Registration registration("server", examine);

}  // namespace
}  // namespace chat::fuzz
