#include "domain/message.hpp"

#include "catch.hpp"
#include "errors.hpp"

using namespace chat;
using namespace chat::test;
using namespace std::string_literals;

namespace {

bool is_valid_body(const std::string& body) {
  return sentence_thrown_by([&] { return validate_body(body), 0; }).empty();
}

bool is_valid_room(const std::string& room) {
  return sentence_thrown_by([&] { return validate_room(room), 0; }).empty();
}

bool is_valid_author(const std::string& author) {
  return sentence_thrown_by([&] { return validate_author(author), 0; }).empty();
}

bool is_valid_key(const std::string& key) {
  return sentence_thrown_by([&] { return validate_idempotency_key(key), 0; }).empty();
}

}  // namespace

TEST_CASE("A body has 0 to 10,000 bytes") {
  CHECK(is_valid_body(""));
  CHECK(is_valid_body(std::string(10'000, 'x')));
  CHECK_FALSE(is_valid_body(std::string(10'001, 'x')));
}

TEST_CASE("A body that is too large is refused with the sentence of the contract") {
  CHECK(sentence_thrown_by([] { return validate_body(std::string(10'001, 'x')), 0; }) ==
        "Invalid argument: Message is too large");
}

TEST_CASE("A body's limit counts bytes, not characters") {
  std::string body;
  while (body.size() < 9'999) body += "\u20ac";
  CHECK(is_valid_body(body));
  CHECK_FALSE(is_valid_body(body + "\u20ac"));
}

TEST_CASE("U+0000 is refused in a body and in an author") {
  CHECK_FALSE(is_valid_body("\0"s));
  CHECK_FALSE(is_valid_body("text\0"s));
  CHECK_FALSE(is_valid_author("a\0b"s));
}

TEST_CASE("A room is 1 to 64 characters of a-z, 0-9, _ and -") {
  CHECK(is_valid_room("a"));
  CHECK(is_valid_room("7"));
  CHECK(is_valid_room("az09_-"));
  CHECK(is_valid_room(std::string(64, 'r')));
  CHECK_FALSE(is_valid_room(""));
  CHECK_FALSE(is_valid_room(std::string(65, 'r')));
}

TEST_CASE("A room does not begin with _ or -") {
  CHECK_FALSE(is_valid_room("_room"));
  CHECK_FALSE(is_valid_room("-room"));
}

TEST_CASE("Every other byte in a room is refused") {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool allowed = "abcdefghijklmnopqrstuvwxyz0123456789_-"s.find(c) != std::string::npos;
    CAPTURE(byte);
    CHECK(is_valid_room("r"s + c) == allowed);
  }
}

TEST_CASE("An author has 1 to 128 bytes") {
  CHECK(is_valid_author("a"));
  CHECK(is_valid_author(std::string(128, 'a')));
  CHECK(is_valid_author("Ann M\u00fcller"));
  CHECK_FALSE(is_valid_author(""));
  CHECK_FALSE(is_valid_author(std::string(129, 'a')));
}

TEST_CASE("A key has 1 to 64 visible ASCII characters") {
  CHECK(is_valid_key("!"));
  CHECK(is_valid_key("~"));
  CHECK(is_valid_key(std::string(64, 'k')));
  CHECK_FALSE(is_valid_key(""));
  CHECK_FALSE(is_valid_key(std::string(65, 'k')));
  const std::string bad = GENERATE("a b"s, "\t"s, "\x7f"s, "\xc3\xa9"s, "a\0b"s, "a\n"s);
  CHECK_FALSE(is_valid_key(bad));
}
