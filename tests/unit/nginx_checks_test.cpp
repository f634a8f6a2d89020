#include "doctor/nginx_checks.hpp"

#include <algorithm>

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

TEST_CASE("Each thing that is wrong with nginx is named by the directive that would fix it") {
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
      Case{"error timeout non_idempotent", "timeout non_idempotent", "both error and timeout"},
      Case{"error timeout non_idempotent;",
           "error timeout non_idempotent; fastcgi_next_upstream_tries 1;",
           "fastcgi_next_upstream_tries 1"},
      Case{"error timeout non_idempotent;",
           "error timeout non_idempotent; fastcgi_next_upstream_timeout 10s;",
           "fastcgi_next_upstream_timeout 10s"},
      Case{"fastcgi_keep_conn on;",
           "fastcgi_keep_conn on; fastcgi_ignore_headers Expires X-Accel-Buffering;",
           "keeps the events of streams back (fastcgi_ignore_headers"},
      Case{"fastcgi_keep_conn on;", "fastcgi_keep_conn on; gzip on; gzip_types text/css *;",
           "compresses streams"},
      Case{"server {", "server { location /x { proxy_ignore_headers X-Accel-Buffering; }",
           "A proxy of this nginx keeps the events"},
      Case{"fastcgi_keep_conn on;", "fastcgi_keep_conn on; fastcgi_buffering off;",
           "fastcgi_buffering off"},
      Case{"worker_connections 20000", "worker_connections 768", "holds 384 people"},
      Case{"$request_id", "$http_x_request_id", "REQUEST_ID comes from the client"},
      Case{"$request_id", "one", "REQUEST_ID is always the same"},
      Case{"/messages { fastcgi_pass workers;",
           "/messages { limit_req zone=z burst=2; fastcgi_pass workers;",
           "limit_req zone=z lets 3 requests"},
      Case{"fastcgi_keep_conn on;",
           "fastcgi_keep_conn on; limit_req_zone $binary_remote_addr zone=z:1m rate=30r/m;"
           " limit_req zone=z burst=50;",
           "limit_req_zone z allows 30r/m"},
      Case{"/messages { fastcgi_pass workers;", "/messages { limit_conn c 2; fastcgi_pass workers;",
           "limit_conn c allows 2"},
      Case{"fastcgi_keep_conn on;",
           "fastcgi_keep_conn on; limit_req_zone $http_x_real_ip zone=z:1m rate=30r/s;"
           " limit_req zone=z burst=50;",
           "counts by $http_x_real_ip"},
      Case{"allow 127.0.0.1;", "allow all;", "/metrics is open"},
      Case{"allow 127.0.0.1;", "allow 0.0.0.0/1;", "/metrics is open"},
      Case{"deny all;", "satisfy any; auth_basic x; allow all;", "/metrics is open"},
      Case{"allow 127.0.0.1; deny all;", "", "/metrics is open"},
      Case{"allow 127.0.0.1;", "allow 0.0.0.0/0;", "/metrics is open"},
      Case{"fastcgi_keep_conn on;", "fastcgi_keep_conn on; set_real_ip_from 0.0.0.0/0;",
           "believes everybody"},
      Case{"server {\n    location = /m", "server { listen 80 proxy_protocol;\n    location = /m",
           "the PROXY protocol"},
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

TEST_CASE("An operator's page may ask for a password instead") {
  for (const char* const lock : {"auth_basic x;", "auth_basic x; satisfy any; deny all;"}) {
    CHECK(holds(said_of(spoilt("allow 127.0.0.1; deny all;", lock)), Finding::Kind::good,
                "as the chat needs it"));
  }
}

TEST_CASE("Who comes through a proxy of the same nginx is not this host") {
  const auto behind_proxy = [](const std::string& guard) {
    std::string text = spoilt("allow 127.0.0.1;", guard + "allow 127.0.0.1;");
    text.replace(text.find("server {\n"), 8,
                 "server { location / { proxy_pass http://127.0.0.1:81; } } server { listen 81;");
    Findings findings = check_nginx(parse_nginx_config(text), max_polls);
    return std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
      return finding.sentence.find("whoever comes through the proxy") != std::string::npos;
    });
  };
  CHECK(behind_proxy(""));
  CHECK(behind_proxy("if ($host != localhost) { return 403; } "));
  CHECK(behind_proxy("if ($http_x_forwarded_for) { set $x 1; } "));
  CHECK(!behind_proxy("set $from \"$http_via$http_x_forwarded_for\"; if ($from) { return 403; } "));
  CHECK(!behind_proxy("set_real_ip_from 127.0.0.1; "));
  CHECK(!behind_proxy("auth_basic x; "));
}

TEST_CASE("A login by another header does not make $remote_user true") {
  CHECK(holds(said_of(spoilt("fastcgi_param REQUEST_METHOD",
                             "auth_request /v; fastcgi_param REMOTE_USER $remote_user; "
                             "fastcgi_param REQUEST_METHOD")),
              Finding::Kind::advice, "unless your login"));
}

TEST_CASE("What only holds fewer polls than the settings allow is advice") {
  CHECK(holds(said_of(spoilt("worker_connections 20000", "worker_connections 4000")),
              Finding::Kind::advice, "can hold 2000 polls"));
  CHECK(holds(said_of(spoilt("worker_rlimit_nofile 40000;", "")), Finding::Kind::advice,
              "unless its service sets LimitNOFILE"));
  CHECK(holds(said_of(spoilt("fastcgi_pass workers", "fastcgi_pass $pool")), Finding::Kind::advice,
              "cannot be followed"));
}

TEST_CASE("Where a user's name comes from is followed to its source") {
  struct Case {
    const char* added;  // to http
    const char* part;   // of the problem; empty: there is none
  };
  const Case user = GENERATE(
      Case{"fastcgi_param REMOTE_USER $http_x_user;", "from the client ($http_x_user)"},
      Case{"fastcgi_param REMOTE_USER $remote_user;", "nobody checks a password"},
      Case{"fastcgi_param REMOTE_USER $remote_user; auth_basic chat;", ""},
      Case{"fastcgi_param REMOTE_USER $remote_user; auth_basic off;", "nobody checks a password"},
      Case{
          "fastcgi_param REMOTE_USER $remote_user; auth_basic chat; satisfy any; allow 10.0.0.0/8;",
          "nobody checks a password"},
      Case{"fastcgi_param REMOTE_USER $u; map $remote_user $u { default $remote_user; }",
           "nobody checks a password"},
      // As the site is shipped: nobody has a name.
      Case{"fastcgi_param REMOTE_USER $u; map $remote_user $u { default \"\"; }", ""},
      Case{"fastcgi_param REMOTE_USER $u; map $http_x_role $u { default \"\"; admin boss; }",
           "from the client ($http_x_role)"},
      Case{"fastcgi_param REMOTE_USER $u; map $cookie_name $u { ~^(.+)$ $1; }",
           "from the client ($cookie_name)"},
      Case{"fastcgi_param REMOTE_USER $u; auth_request /v; auth_request_set $u "
           "$upstream_http_x_user;",
           ""},
      Case{"fastcgi_param REMOTE_USER $u; map $http_x_user $o { ~^(?<u>.+)$ 1; }",
           "from the client ($http_x_user)"},
      Case{"fastcgi_param REMOTE_USER $ssl_client_s_dn; ssl_verify_client optional_no_ca;",
           "certificate, which nobody checks"},
      Case{"fastcgi_param REMOTE_USER $ssl_client_s_dn; ssl_verify_client on;", ""},
      Case{"fastcgi_param REMOTE_USER $host;", "from the client ($host)"},
      Case{"fastcgi_param REMOTE_USER $u; set $u ${arg_user};", "from the client ($arg_user)"},
      Case{"fastcgi_param REMOTE_USER $u; if ($http_x_user ~ (.+)) { set $u $1; }",
           "from the client ($http_x_user)"});
  CAPTURE(user.added);
  const Finding said = said_of(spoilt("fastcgi_param REQUEST_METHOD",
                                      user.added + std::string(" fastcgi_param REQUEST_METHOD")));
  if (*user.part == '\0') {
    CHECK(said.kind == Finding::Kind::good);
  } else {
    CHECK(holds(said, Finding::Kind::problem, user.part));
  }
}

TEST_CASE("One that is reached from its own host alone is told what a proxy changes") {
  const Finding said =
      said_of(spoilt("server {\n    location = /m",
                     "server { listen 127.0.0.1:81; listen unix:/s;\n    location = /m"));
  CHECK(holds(said, Finding::Kind::advice, "set_real_ip_from"));
}

TEST_CASE("What two servers have in common is said once") {
  std::string text = spoilt("read_timeout 65s", "read_timeout 5s");
  text.replace(text.find("server {"), 8,
               "server { location = /messages {fastcgi_pass workers;} }\n"
               "server {");
  CHECK(holds(said_of(text), Finding::Kind::problem, "up after 5s"));
}
