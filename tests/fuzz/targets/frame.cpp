// Raw bytes on the FastCGI socket: what RequestFrame lets pass goes to libfcgi itself.
#include "server/request_frame.hpp"

#include "fuzz/sent_request.hpp"
#include "fuzz/target.hpp"
#include "server/fastcgi.hpp"
#include "unit/fastcgi_records.hpp"

namespace chat::fuzz {
namespace {

using State = RequestFrame::State;

// Small, so that small inputs reach them.
constexpr RequestFrame::Limits limits{1024, 512};

// In pieces of the same size the bytes are judged as they are when they come at once.
State examine_in_pieces(std::string_view bytes, std::size_t piece) {
  RequestFrame frame(limits);
  State state = State::incomplete;
  for (std::size_t end = 0; end < bytes.size() && state == State::incomplete;) {
    end = std::min(end + piece, bytes.size());
    state = frame.examine(bytes.substr(0, end));
    if (state == State::complete && end < bytes.size()) state = frame.examine(bytes);
  }
  return state;
}

// Whether or not libfcgi liked a request, the next one is parsed.
void require_next_is_parsed(FastcgiParser& parser) {
  const auto next = test::request({{"REQUEST_METHOD", "POST"}}, "next");
  const Request parsed = parser.parse(next);
  require(parsed.method == "POST" && parsed.body == "next", "the next request is parsed");
}

void examine_parsed(std::string_view bytes, bool text) {
  static FastcgiParser parser;
  const SentRequest sent = read_records(bytes);
  require(sent.body.size() <= limits.body_bytes, "a body is within its limit");
  require(text == is_text(sent), "what is no text in the params is noticed");
  if (!text) return;
  Request parsed;
  try {
    parsed = parser.parse(bytes);
  } catch (const std::runtime_error&) {
    throw Finding("this does not hold: libfcgi takes what RequestFrame lets pass");
  }
  require_parsed_as_sent(parsed, sent);
  require_next_is_parsed(parser);
}

void examine(std::string_view input) {
  RequestFrame frame(limits);
  const State state = frame.examine(input);
  for (const std::size_t piece : {1, 7, 64}) {
    require(examine_in_pieces(input, piece) == state, "pieces are judged like the whole");
  }
  if (state == State::complete) examine_parsed(input, frame.params_are_text());
}

const Registration registration("frame", examine);

}  // namespace
}  // namespace chat::fuzz
