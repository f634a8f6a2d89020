#include "doctor/nginx_checks.hpp"

#include "catch.hpp"

using namespace chat;

namespace {

// As it should be; each test spoils one thing.
const std::string healthy = R"(
worker_rlimit_nofile 40000;
events { worker_connections 20000; }
http {
  upstream workers {
    server unix:/s max_fails=0;
    server unix:/s max_fails=0;
    keepalive 8192;
  }
  fastcgi_keep_conn on;
  fastcgi_read_timeout 65s;
  fastcgi_next_upstream error timeout non_idempotent;
  fastcgi_param REQUEST_METHOD $request_method;
  fastcgi_param QUERY_STRING $query_string;
  fastcgi_param CONTENT_TYPE $content_type;
  fastcgi_param CONTENT_LENGTH $content_length;
  fastcgi_param REQUEST_ID $request_id;
  server {
    location = /messages { fastcgi_pass workers; }
    location = /metrics { allow 127.0.0.1; deny all; fastcgi_pass workers; }
    location / { try_files $uri =404; }
  }
}
)";

constexpr std::size_t max_polls = 10'000;

std::string spoilt(const std::string& old, const std::string& with) {
  std::string text = healthy;
  const std::size_t at = text.find(old);
  if (at == std::string::npos) throw std::logic_error("nothing to spoil: " + old);
  return text.replace(at, old.size(), with);
}

// The only thing that is said beside what is good.
Finding said_of(const std::string& text) {
  const Findings findings = check_nginx(parse_nginx_config(text), max_polls);
  CAPTURE(findings.size());
  REQUIRE(findings.size() == 1);
  return findings.front();
}

bool holds(const Finding& finding, Finding::Kind kind, const std::string& part) {
  CAPTURE(finding.sentence);
  CHECK(finding.sentence.find(part) != std::string::npos);
  return finding.kind == kind;
}

}  // namespace

TEST_CASE("A configuration as it should be is good") {
  CHECK(holds(said_of(healthy), Finding::Kind::good, "as the chat needs it"));
}

TEST_CASE("Each thing that is wrong with nginx is named by the directive that would mend it") {
  struct Case {
    const char* old;
    const char* with;
    const char* part;
  };
  const Case spoil = GENERATE(
      Case{"read_timeout 65s", "read_timeout 55s", "up after 55s (fastcgi_read_timeout)"},
      Case{"server unix:/s max_fails=0;", "", "one server line only"},
      Case{"server unix:/s max_fails=0;", "server unix:/s max_fails=0 down;",
           "one server line only"},
      Case{"server unix:/s max_fails=0;", "server unix:/s;", "without max_fails=0"},
      Case{"keep_conn on", "keep_conn off", "fastcgi_keep_conn is off"},
      Case{"fastcgi_keep_conn on;", "", "fastcgi_keep_conn is off"},
      Case{"keepalive 8192", "keepalive 64", "keeps 64 connections"},
      Case{"keepalive 8192;", "", "keeps no connections"},
      Case{"error timeout non_idempotent", "error timeout", "error timeout non_idempotent"},
      Case{"error timeout non_idempotent", "off", "sends nothing again"},
      Case{"fastcgi_keep_conn on;", "fastcgi_keep_conn on; fastcgi_request_buffering off;",
           "fastcgi_request_buffering"},
      Case{"fastcgi_param REQUEST_ID $request_id;", "", "REQUEST_ID"},
      Case{"fastcgi_param QUERY_STRING $query_string;", "", "QUERY_STRING"},
      // Parameters in a location take the place of all that it would inherit.
      Case{
          "/messages { fastcgi_pass workers;",
          "/messages { fastcgi_param REQUEST_METHOD x; fastcgi_param QUERY_STRING x; fastcgi_param "
          "CONTENT_TYPE x; fastcgi_param CONTENT_LENGTH x; fastcgi_pass workers;",
          "REQUEST_ID"},
      Case{"worker_rlimit_nofile 40000", "worker_rlimit_nofile 1024", "worker_rlimit_nofile"},
      Case{"deny all;", "", "/metrics is open"},
      Case{"fastcgi_pass workers", "fastcgi_pass unix:/s", "one try only"},
      Case{"fastcgi_pass workers", "proxy_pass http://x", "No location of nginx hands /messages"});
  CAPTURE(spoil.with);
  CHECK(holds(said_of(spoilt(spoil.old, spoil.with)), Finding::Kind::problem, spoil.part));
}

TEST_CASE("What only holds fewer polls than the settings allow is advice") {
  CHECK(holds(said_of(spoilt("worker_connections 20000", "worker_connections 768")),
              Finding::Kind::advice, "can hold 384 polls"));
  CHECK(holds(said_of(spoilt("worker_rlimit_nofile 40000;", "")), Finding::Kind::advice,
              "unless its service sets LimitNOFILE"));
  CHECK(holds(said_of(spoilt("fastcgi_pass workers", "fastcgi_pass $pool")), Finding::Kind::advice,
              "cannot be followed"));
}

TEST_CASE("What two servers have in common is said once") {
  std::string text = spoilt("read_timeout 65s", "read_timeout 5s");
  text.replace(text.find("server {"), 8,
               "server { location = /messages {fastcgi_pass workers;} }\n"
               "server {");
  CHECK(holds(said_of(text), Finding::Kind::problem, "up after 5s"));
}
