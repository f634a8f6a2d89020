#include "http/prefer.hpp"

#include "catch.hpp"

using namespace chat;
using namespace std::string_literals;
using std::chrono::seconds;

TEST_CASE("The wait is found among other preferences") {
  CHECK(preferred_wait("wait=7") == seconds{7});
  CHECK(preferred_wait("respond-async, wait=7") == seconds{7});
  CHECK(preferred_wait("wait=7, respond-async") == seconds{7});
  CHECK(preferred_wait("return=minimal; foo=\"some, value\" ,wait=0") == seconds{0});
}

TEST_CASE("Case, blanks, quotes and parameters do not matter") {
  CHECK(preferred_wait("WAIT = 7") == seconds{7});
  CHECK(preferred_wait("\t Wait=\"7\" ") == seconds{7});
  CHECK(preferred_wait("wait=7; strict") == seconds{7});
}

TEST_CASE("What stands in quotes is text") {
  CHECK(preferred_wait(R"(foo="a,wait=9", wait=1)") == seconds{1});
  CHECK(preferred_wait(R"(foo="a\",wait=9", wait=1)") == seconds{1});
  CHECK_FALSE(preferred_wait(R"(foo="never closed, wait=9)"));
}

TEST_CASE("The first wait counts") { CHECK(preferred_wait("wait=7, wait=8") == seconds{7}); }

TEST_CASE("A preference that cannot be understood is none") {
  const std::string header =
      GENERATE(""s, ","s, "wait"s, "wait="s, "wait=soon"s, "wait=-1"s, "wait=1.5"s, "wait=\"7"s,
               "wait=\"\""s, "wait=\""s, "waiting=7"s, "await=7"s, "wait=99999999999"s, "=7"s);
  CAPTURE(header);
  CHECK_FALSE(preferred_wait(header));
}

TEST_CASE("A long wait is understood; its limit is the caller's") {
  CHECK(preferred_wait("wait=4000000000") == seconds{4'000'000'000});
}
