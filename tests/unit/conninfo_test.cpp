#include "postgres/conninfo.hpp"

#include <cstdlib>
#include <stdexcept>

#include "catch.hpp"

using chat::with_default_timeouts;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("A connection string is given the timeouts that it does not set") {
  const std::string conninfo = with_default_timeouts("host=db dbname=chat");
  CHECK(contains(conninfo, "host='db'"));
  CHECK(contains(conninfo, "dbname='chat'"));
  CHECK(contains(conninfo, "connect_timeout='3'"));
  CHECK(contains(conninfo, "keepalives_idle='4'"));
  CHECK(contains(conninfo, "tcp_user_timeout='10000'"));
}

TEST_CASE("A connection string keeps the timeouts that it sets") {
  const std::string conninfo = with_default_timeouts("connect_timeout=30 keepalives_idle=600");
  CHECK(contains(conninfo, "connect_timeout='30'"));
  CHECK(contains(conninfo, "keepalives_idle='600'"));
  CHECK_FALSE(contains(conninfo, "connect_timeout='3'"));
}

TEST_CASE("A timeout that the environment sets stays libpq's to read") {
  setenv("PGCONNECT_TIMEOUT", "30", 1);
  const std::string conninfo = with_default_timeouts("");
  unsetenv("PGCONNECT_TIMEOUT");
  CHECK_FALSE(contains(conninfo, "connect_timeout"));
}

TEST_CASE("A URI with several hosts keeps all that it says") {
  const std::string conninfo = with_default_timeouts(
      "postgresql://me:it%27s%5C@one:5432,two:5433/chat?target_session_attrs=read-write");
  CHECK(contains(conninfo, "host='one,two'"));
  CHECK(contains(conninfo, "port='5432,5433'"));
  CHECK(contains(conninfo, R"(password='it\'s\\')"));
  CHECK(contains(conninfo, "target_session_attrs='read-write'"));
}

TEST_CASE("A connection string that libpq cannot read is refused with its reason") {
  CHECK_THROWS_AS(with_default_timeouts("host=db sslmode"), std::invalid_argument);
  CHECK_THROWS_AS(with_default_timeouts("nonsense=1"), std::invalid_argument);
}
