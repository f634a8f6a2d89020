#include "http/json.hpp"

#include "catch.hpp"
#include "errors.hpp"
#include "messages.hpp"

using namespace chat;
using namespace chat::test;
using namespace std::string_literals;

namespace {

// The sentence that refuses the text; empty when it is accepted.
std::string refusal_of(const std::string& json) {
  return sentence_thrown_by([&] { return parse_new_message(json); });
}

std::string with_body(const std::string& raw) { return R"({"body":")" + raw + R"("})"; }

std::string body_of(const std::string& raw) { return parse_new_message(with_body(raw)).body; }

const std::string not_json = "Invalid argument: The request body is not valid JSON";
const std::string not_unicode = "Invalid argument: The member body is not valid Unicode";

}  // namespace

TEST_CASE("A body alone is a message of nobody in the lobby") {
  const NewMessage message = parse_new_message(R"({"body":"hello"})");
  CHECK(message.body == "hello");
  CHECK(message.room == "lobby");
  CHECK_FALSE(message.author);
  CHECK(message.idempotency_key.empty());
}

TEST_CASE("Room and author are read, other members are ignored") {
  const NewMessage message = parse_new_message(
      R"( {"id": 7, "author":"ann", "x":{"body":[1]}, "room":"kitchen", "body":""} )");
  CHECK(message.body.empty());
  CHECK(message.room == "kitchen");
  CHECK(message.author == "ann");
}

TEST_CASE("A null author is nobody") {
  CHECK_FALSE(parse_new_message(R"({"body":"x","author":null})").author);
}

TEST_CASE("What is not JSON is refused") {
  const std::string text =
      GENERATE(""s, " "s, "{"s, "body=hello"s, R"({"body":"x")"s, R"({"body":"x"} {})"s,
               R"({"body":"x",})"s, R"({body:"x"})"s, R"({'body':'x'})"s, R"({"body":"x"}x)"s,
               R"({"body":"\x"})"s, R"({"body":"\u12"})"s, R"({"body":"\u12g4"})"s,
               "{\"body\":\"line\nbreak\"}"s, R"({"body":NaN})"s, R"(//
               {"body":"x"})"s);
  CAPTURE(text);
  CHECK(refusal_of(text) == not_json);
}

TEST_CASE("A NUL byte is nowhere part of JSON") {
  CHECK(refusal_of("{\"body\":\"a\0b\"}"s) == not_json);
  CHECK(refusal_of("{\"body\":\"x\"}\0"s) == not_json);
  CHECK(refusal_of("{\"body\":\"x\"}\0and more"s) == not_json);
  CHECK(refusal_of("\0{\"body\":\"x\"}"s) == not_json);
}

TEST_CASE("JSON that is no object is refused") {
  const std::string text = GENERATE("[]"s, "null"s, "\"body\""s, "7"s, R"([{"body":"x"}])"s);
  CHECK(refusal_of(text) == "Invalid argument: The request body is not a JSON object");
}

TEST_CASE("A missing body is refused") {
  CHECK(refusal_of("{}") == "Invalid argument: The member body is missing");
  CHECK(refusal_of(R"({"Body":"x"})") == "Invalid argument: The member body is missing");
}

TEST_CASE("Members of another type than a string are refused by name") {
  const std::string value = GENERATE("7"s, "null"s, "true"s, "[]"s, "{}"s, R"(["x"])"s);
  CAPTURE(value);
  CHECK(refusal_of(R"({"body":)" + value + "}") ==
        "Invalid argument: The member body must be a string");
  CHECK(refusal_of(R"({"body":"x","room":)" + value + "}") ==
        "Invalid argument: The member room must be a string");
  if (value == "null") return;
  CHECK(refusal_of(R"({"body":"x","author":)" + value + "}") ==
        "Invalid argument: The member author must be a string");
}

TEST_CASE("A number of any size is ignored where the contract names no member") {
  const std::string number =
      GENERATE("1e400"s, "-1E+99999999999"s, "1e-400"s, "1" + std::string(400, '0'),
               std::string(400, '9') + "." + std::string(400, '9') + "e" + std::string(400, '9'),
               "-0.0e000000400"s);
  CAPTURE(number);
  const NewMessage message = parse_new_message(
      R"({"x":)" + number + R"(,"body":"1e400 \" 1234 \\","y":[{"z":[1,)" + number + "]}]}");
  CHECK(message.body == "1e400 \" 1234 \\");
  CHECK(refusal_of(R"({"body":)" + number + "}") ==
        "Invalid argument: The member body must be a string");
  CHECK(refusal_of(R"({"body":"x","room":)" + number + "}") ==
        "Invalid argument: The member room must be a string");
  CHECK(refusal_of(number) == "Invalid argument: The request body is not a JSON object");
}

TEST_CASE("What is no number stays none beside one that is too large") {
  const std::string number = GENERATE("0123"s, "1e"s, "1.e3"s, "-"s, "1e+"s, "00"s, "1 234"s, "+1"s,
                                      "123abc"s, ".5"s, "1e400e400"s, "1.2.3"s);
  CAPTURE(number);
  CHECK(refusal_of(R"({"body":"x","a":1e400,"b":)" + number + "}") == not_json);
  CHECK(refusal_of(R"({"body":"x","a":)" + number + R"(,"b":1e400})") == not_json);
  CHECK(refusal_of(R"({"body":"x","a":1e400)") == not_json);
  CHECK(refusal_of("{\"body\":\"x\",\"a\":1e400}\0"s) == not_json);
  CHECK(refusal_of("{\"a\":1e400,\"body\":\"\x80\"}") == not_json);
}

TEST_CASE("A member that stands twice is refused") {
  CHECK(refusal_of(R"({"body":"x","body":"x"})") ==
        "Invalid argument: The member body is given twice");
  CHECK(refusal_of(R"({"body":"x","room":"a","room":"b"})") ==
        "Invalid argument: The member room is given twice");
  CHECK(refusal_of(R"({"body":"x","b\u006fdy":"y"})") ==
        "Invalid argument: The member body is given twice");
  CHECK(refusal_of(R"({"body":"x","other":1,"other":2})").empty());
}

TEST_CASE("An author that stands twice is refused, also when one of them is null") {
  const std::string members =
      GENERATE(R"("author":"a","author":"b")"s, R"("author":null,"author":"b")"s,
               R"("author":"a","author":null)"s, R"("author":null,"author":null)"s);
  CAPTURE(members);
  CHECK(refusal_of(R"({"body":"x",)" + members + "}") ==
        "Invalid argument: The member author is given twice");
}

TEST_CASE("Valid UTF-8 of every length passes unchanged") {
  const std::string text =
      GENERATE("\x7f"s, "\xc2\x80"s, "\xdf\xbf"s, "\xe0\xa0\x80"s, "\xed\x9f\xbf"s, "\xee\x80\x80"s,
               "\xef\xbf\xbf"s, "\xf0\x90\x80\x80"s, "\xf4\x8f\xbf\xbf"s, "grüße 👋"s);
  CHECK(body_of(text) == text);
}

TEST_CASE("Bytes that are no UTF-8 are refused") {
  const std::string text =
      GENERATE("\x80"s, "\xbf"s, "\xff"s, "\xfe"s, "\xc0\x80"s, "\xc1\xbf"s, "\xe0\x80\x80"s,
               "\xe0\x9f\xbf"s, "\xf0\x80\x80\x80"s, "\xf0\x8f\xbf\xbf"s, "\xf4\x90\x80\x80"s,
               "\xf5\x80\x80\x80"s, "\xed\xa0\x80"s, "\xed\xbf\xbf"s, "\xc3"s, "\xe2\x82"s,
               "\xf0\x9f\x91"s, "\xc3(\xa9"s);
  CAPTURE(text);
  CHECK(refusal_of(with_body(text)) == not_json);
  CHECK(refusal_of(with_body("before" + text + "after")) == not_json);
}

TEST_CASE("A byte order mark before the text is skipped, a part of one is refused") {
  const std::string json = R"({"body":"x"})";
  CHECK(refusal_of("\xef\xbb\xbf" + json).empty());
  const std::string part = GENERATE("\xef"s, "\xef\xbb"s, "\xef\xbf"s, "\xbb"s, "\xbb\xbf"s,
                                    "\xef\xbb\xbf\xef\xbb\xbf"s);
  CAPTURE(part);
  CHECK(refusal_of(part + json) == not_json);
  CHECK(refusal_of(part) == not_json);
}

TEST_CASE("A lone surrogate in an escape is refused") {
  CHECK(refusal_of(with_body(R"(\ud800)")) == not_json);
  CHECK(refusal_of(with_body(R"(\ud83dx)")) == not_json);
  CHECK(refusal_of(with_body(R"(\ud83d\ud83d)")) == not_json);
  CHECK(refusal_of(with_body(R"(\udc00)")) == not_unicode);
  CHECK(refusal_of(with_body(R"(x\udfff)")) == not_unicode);
  CHECK(refusal_of(with_body(R"(\udc4b\ud83d)")) != "");
  CHECK(refusal_of(R"({"body":"x","author":"\udc00"})") ==
        "Invalid argument: The member author is not valid Unicode");
  CHECK(refusal_of(R"({"body":"x","room":"\udc00"})") ==
        "Invalid argument: The member room is not valid Unicode");
}

TEST_CASE("Escapes become what they mean") {
  CHECK(body_of(R"(\"\\\/\b\f\n\r\t)") == "\"\\/\b\f\n\r\t");
  CHECK(body_of(R"(\u0041\u00e9\u20ac)") == "A\u00e9\u20ac");
  CHECK(body_of(R"(\ud83d\udc4b)") == "👋");
  CHECK(body_of(R"(\u0000)") == "\0"s);  // validate_body refuses it
}

TEST_CASE("Text that nests 100,000 levels deep is read without a deep stack") {
  constexpr std::size_t levels = 100'000;
  const std::string arrays = std::string(levels, '[') + std::string(levels, ']');
  std::string objects;
  for (std::size_t i = 0; i < levels; ++i) objects += R"({"a":)";
  objects += "1" + std::string(levels, '}');

  CHECK(refusal_of(std::string(levels, '[')) == not_json);
  CHECK(refusal_of(arrays) == "Invalid argument: The request body is not a JSON object");
  CHECK(refusal_of(R"({"body":"x","deep":)" + arrays + "}").empty());
  CHECK(refusal_of(R"({"body":"x","deep":)" + objects + "}").empty());
}

TEST_CASE("A large body passes whole; its limit is the domain's") {
  const std::string body(60'000, 'b');
  CHECK(body_of(body) == body);
}

TEST_CASE("A message is rendered with all its members, in order") {
  Message message{id_of(0x1234), "lobby", std::nullopt, "hello"};
  CHECK(render_message(message) ==
        R"({"id":"00000000-1234-0000-0000-000000000001","created_at":"1970-01-01T00:00:04.660Z",)"
        R"("body":"hello","room":"lobby","author":null})");
  message.author = "ann";
  CHECK(render_message(message).find(R"("author":"ann"})") != std::string::npos);
}

TEST_CASE("Messages are rendered as an array, none as an empty one") {
  CHECK(render_messages({}) == "[]");
  CHECK(render_messages({message(1), message(2)}) ==
        "[" + render_message(*message(1)) + "," + render_message(*message(2)) + "]");
}

TEST_CASE("Every text that can be sent comes back the same after a round trip") {
  std::string text = "quotes \" and \\ and / 👋 \u20ac \u2028";
  for (char c = 1; c < ' '; ++c) text += c;
  const std::string rendered = render_message(Message{id_of(1), "lobby", text, text});

  const NewMessage again = parse_new_message(rendered);

  CHECK(again.body == text);
  CHECK(again.author == text);
  CHECK(rendered.find('\n') == std::string::npos);
}

TEST_CASE("An error is one member with its sentence") {
  CHECK(render_error("Not found: \"x\"") == R"({"error":"Not found: \"x\""})");
  CHECK(render_health() == R"({"status":"ok"})");
}
