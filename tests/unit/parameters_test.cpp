#include "http/parameters.hpp"

#include "catch.hpp"
#include "errors.hpp"

using namespace chat;
using namespace chat::test;
using namespace std::string_literals;

namespace {

std::optional<std::string> find(const std::string& query, const std::string& name) {
  return Parameters(query).find(name);
}

std::string refusal_of_number(const std::string& text) {
  return sentence_thrown_by([&] { return parse_number("limit", text, 0, 1000); });
}

}  // namespace

TEST_CASE("Parameters are found by name wherever they stand") {
  CHECK(find("a=1&b=2&c=3", "a") == "1");
  CHECK(find("a=1&b=2&c=3", "b") == "2");
  CHECK(find("a=1&b=2&c=3", "c") == "3");
  CHECK_FALSE(find("a=1&b=2&c=3", "d"));
  CHECK_FALSE(find("", "a"));
}

TEST_CASE("A parameter without a value is there and empty") {
  CHECK(find("a", "a") == "");
  CHECK(find("a=", "a") == "");
  CHECK(find("&&a=&&", "a") == "");
}

TEST_CASE("A value may hold an equals sign") { CHECK(find("a=b=c", "a") == "b=c"); }

TEST_CASE("Names and values are percent-decoded, and a plus is a space") {
  CHECK(find("r%6fom=k%69tchen", "room") == "kitchen");
  CHECK(find("a=1%2b1+%26+%e2%82%AC", "a") == "1+1 & \u20ac");
  CHECK(find("a=%00", "a") == "\0"s);
}

TEST_CASE("A name that only begins alike is another parameter") {
  CHECK_FALSE(find("rooms=x&roo=y", "room"));
}

TEST_CASE("A parameter that stands twice is refused, another's doubles are not") {
  CHECK(sentence_thrown_by([] { return find("a=1&a=1", "a"); }) ==
        "Invalid argument: The parameter a is given twice");
  CHECK(sentence_thrown_by([] { return find("a=1&%61=1", "a"); }) ==
        "Invalid argument: The parameter a is given twice");
  CHECK(sentence_thrown_by([] { return find("a=1&a", "a"); }) ==
        "Invalid argument: The parameter a is given twice");
  CHECK(find("a=1&a=2&b=3", "b") == "3");
}

TEST_CASE("A value with a broken escape is refused, another's is not") {
  const std::string value =
      GENERATE("%"s, "%4"s, "%zz"s, "%4g"s, "x%"s, "%-1"s, "%+1"s, "% 1"s, "%0x"s);
  CAPTURE(value);
  CHECK(sentence_thrown_by([&] { return find("a=" + value, "a"); }) ==
        "Invalid argument: The parameter a is not percent-encoded");
  CHECK(find("a=" + value + "&b=2", "b") == "2");
  CHECK(find(value + "=1&b=2", "b") == "2");
}

TEST_CASE("A number within its limits is read") {
  CHECK(parse_number("limit", "0", 0, 1000) == 0);
  CHECK(parse_number("limit", "1000", 0, 1000) == 1000);
  CHECK(parse_number("limit", "007", 0, 1000) == 7);
}

TEST_CASE("What is no number within its limits is refused by name") {
  const std::string text = GENERATE(""s, "1001"s, "-1"s, "-0"s, "+1"s, "1.0"s, "1e2"s, "0x10"s,
                                    "ten"s, " 1"s, "1 "s, "1\0"s, "99999999999999999999"s);
  CAPTURE(text);
  CHECK(refusal_of_number(text) ==
        "Invalid argument: The parameter limit is a whole number from 0 to 1000");
}
