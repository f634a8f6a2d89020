// Whole requests of every shape, as a web server may write them.
#include <stdexcept>

#include "fuzz/target.hpp"
#include "fuzz/written_request.hpp"
#include "server/fastcgi.hpp"
#include "server/request_frame.hpp"

namespace chat::fuzz {
namespace {

using State = RequestFrame::State;

void examine(std::string_view input) {
  static FastcgiParser parser;
  const WrittenRequest request = write_request(input);
  RequestFrame frame({});
  require(frame.examine(request.bytes) == State::complete, "a whole request is complete");
  const bool text = is_text(request.sent);
  require(frame.params_are_text() == text, "what is no text in the params is noticed");
  if (!text) return;
  try {
    require_parsed_as_sent(parser.parse(request.bytes), request.sent);
  } catch (const std::runtime_error& refusal) {
    throw Finding(std::string("libfcgi takes a whole request, but: ") + refusal.what());
  }
}

const Registration registration("request", examine);

}  // namespace
}  // namespace chat::fuzz
