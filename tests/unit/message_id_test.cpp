#include "domain/message_id.hpp"

#include <boost/uuid/uuid_io.hpp>

#include "catch.hpp"

using namespace chat;

namespace {

const std::string canonical = "019c1a2b-3c4d-0001-8e9f-0123456789ab";

}  // namespace

TEST_CASE("The canonical form of an id is read and written back") {
  const auto id = parse_message_id(canonical);
  REQUIRE(id);
  CHECK(format_message_id(*id) == canonical);
}

TEST_CASE("An id may be read in upper case and is written in lower case") {
  const auto id = parse_message_id("019C1A2B-3C4D-0001-8E9F-0123456789AB");
  REQUIRE(id);
  CHECK(format_message_id(*id) == canonical);
}

TEST_CASE("An id may be read without dashes, in braces or as a URN, in either case") {
  const std::string text =
      GENERATE("019c1a2b3c4d00018e9f0123456789ab", "019C1A2B3C4D00018E9F0123456789AB",
               "{019c1a2b-3c4d-0001-8e9f-0123456789ab}", "{019C1A2B-3C4D-0001-8E9F-0123456789AB}",
               "urn:uuid:019c1a2b-3c4d-0001-8e9f-0123456789ab",
               "urn:uuid:019C1A2B-3C4D-0001-8E9F-0123456789AB");
  CAPTURE(text);
  const auto id = parse_message_id(text);
  REQUIRE(id);
  CHECK(format_message_id(*id) == canonical);
}

TEST_CASE("The nil and the greatest id are the ends of the order") {
  CHECK(parse_message_id("00000000-0000-0000-0000-000000000000") == nil_message_id);
  CHECK(parse_message_id("ffffffff-ffff-ffff-ffff-ffffffffffff") == max_message_id);
  const auto id = parse_message_id(canonical);
  CHECK(nil_message_id < *id);
  CHECK(*id < max_message_id);
}

TEST_CASE("Ids are ordered as their texts are, the first byte before the last") {
  const std::string ascending[] = {
      "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-0000000000ff",
      "00000000-0000-0000-0001-000000000000", "019c1a2b-3c4d-0001-8e9f-0123456789ab",
      "019c1a2b-3c4d-0002-0000-000000000000", "7fffffff-ffff-ffff-ffff-ffffffffffff",
      "80000000-0000-0000-0000-000000000000"};
  for (std::size_t i = 1; i < std::size(ascending); ++i) {
    CAPTURE(ascending[i]);
    CHECK(*parse_message_id(ascending[i - 1]) < *parse_message_id(ascending[i]));
  }
}

TEST_CASE("Every other form of an id is refused") {
  const std::string text = GENERATE_COPY(
      std::string(), std::string("x"), canonical.substr(1), canonical + "0", " " + canonical,
      canonical + " ", "{" + canonical, canonical + "}", "{" + canonical + ")",
      "(" + canonical + "}", "{{" + canonical + "}", "{" + canonical.substr(1) + "}",
      "URN:UUID:" + canonical, "urn:uuid;" + canonical, "urn:uuid:" + canonical.substr(1),
      "urn:uuid:{" + canonical + "}", std::string("urn:uuid:019c1a2b3c4d00018e9f0123456789ab"),
      std::string(32, '-'), std::string("019c1a2b3c4d00018e9f0123456789ag"),
      std::string("019c1a2b-3c4d-0001-8e9f-01234567"),
      std::string("{019c1a2b3c4d00018e9f0123456789ab}"),
      std::string("{019c1a2b3c4d00018e9f0123456789ab}00"),
      std::string("019c1a2b3c4d00018e9f0123456789ab0000"),
      std::string("{019c1a2b-3c4d-0001-8e9f-0123456789}"),
      std::string("019c1a2b-3c4d-0001-8e9f-0123456789ag"),
      std::string("019c1a2b-3c4d-0001-8e9f-0123456789a "),
      std::string("019c1a2b-3c4d-0001-8e9f-0123456789a-"),
      std::string("019c1a2b-3c4d-0001-8e9f0-123456789ab"),
      std::string("019c1a2b_3c4d_0001_8e9f_0123456789ab"),
      std::string("019c1a2-b3c4d-0001-8e9f-0123456789ab"),
      std::string("------------------------------------"), std::string(36, '\0'));
  CAPTURE(text);
  CHECK_FALSE(parse_message_id(text));
}

TEST_CASE("The moment of an id is its first 48 bits in milliseconds") {
  const auto moment_of = [](const char* id) { return created_at(*parse_message_id(id)); };
  CHECK(moment_of("00000000-0000-0000-0000-000000000000") == "1970-01-01T00:00:00.000Z");
  CHECK(moment_of("00000000-03e7-ffff-ffff-ffffffffffff") == "1970-01-01T00:00:00.999Z");
  CHECK(moment_of("018d5f7a-5000-0000-0000-000000000000") == "2024-01-31T12:24:27.904Z");
  CHECK(moment_of("018df258-80d5-0000-0000-000000000000") == "2024-02-29T00:51:42.933Z");
}

TEST_CASE("The greatest moment does not overflow") {
  CHECK(created_at(max_message_id) == "10889-08-02T05:31:50.655Z");
}
