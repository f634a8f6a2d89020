#include "http/entity_tag.hpp"

#include "catch.hpp"
#include "errors.hpp"
#include "messages.hpp"

using namespace chat;
using namespace chat::test;

namespace {

std::optional<std::vector<MessageId>> matching(const std::string& value) {
  Request request;
  request.if_match = value;
  return if_match_of(request);
}

const std::string one = format_message_id(id_of(1));
const std::string two = format_message_id(id_of(2));

}  // namespace

TEST_CASE("A message's tag is its position in quotes") {
  Message message{id_of(1), "lobby", {}, "x"};
  CHECK(entity_tag_of(message) == '"' + one + '"');
  message.version = id_of(2);
  CHECK(entity_tag_of(message) == '"' + two + '"');
}

TEST_CASE("Without the header, and with a star, everything matches") {
  CHECK_FALSE(if_match_of(Request{}));
  CHECK_FALSE(matching("*"));
  CHECK_FALSE(matching(" * "));
}

TEST_CASE("Tags are read one by one, weak ones too") {
  using Positions = std::vector<MessageId>;
  CHECK(matching('"' + one + '"') == Positions{id_of(1)});
  CHECK(matching("W/\"" + one + "\"\t,  \"" + two + '"') == Positions{id_of(1), id_of(2)});
  // Of something else, which no message has.
  CHECK(matching(R"("x", "", "a,b")") == Positions{});
}

TEST_CASE("What is no list of tags is refused") {
  const std::string value = GENERATE("", " ", "x", "\"", "\"x", "x\"", "\"x\"\"y\"", "\"x\",",
                                     ",\"x\"", "w/\"x\"", "*, \"x\"", "\"x\", *", "W/ \"x\"");
  CAPTURE(value);
  CHECK(code_thrown_by([&] { return matching(value); }) == ErrorCode::invalid_argument);
}
