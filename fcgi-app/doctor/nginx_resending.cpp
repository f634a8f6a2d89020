#include "doctor/nginx_resending.hpp"

#include <set>

#include "domain/message.hpp"

namespace chat {
namespace {

void check_tries(const NginxScope& scope, Findings& findings) {
  if (scope.value("fastcgi_next_upstream_tries", "0") == "1") {
    add_problem(findings,
                "fastcgi_next_upstream_tries 1 lets nothing be sent again: when a worker dies, its "
                "clients see errors. Write 3.");
  }
  const std::string text = scope.value("fastcgi_next_upstream_timeout", "0");
  const auto timeout = parse_nginx_time(text);
  if (timeout && timeout->count() > 0 && *timeout < max_poll_timeout) {
    add_problem(findings, "fastcgi_next_upstream_timeout " + text + " is less than the " +
                              std::to_string(max_poll_timeout.count()) +
                              " s of a poll: one that loses its worker after that becomes an "
                              "error. Write 58s.");
  }
}

}  // namespace

void check_resending(const NginxScope& scope, Findings& findings) {
  const NginxDirective* const next = scope.find("fastcgi_next_upstream");
  if (has_argument(next, "off")) {
    add_problem(findings,
                "nginx sends nothing again (fastcgi_next_upstream off): when a worker dies, its "
                "clients see errors.");
  } else if (next != nullptr && (!has_argument(next, "error") || !has_argument(next, "timeout"))) {
    add_problem(findings,
                "fastcgi_next_upstream does not name both error and timeout: requests that a dying "
                "worker held become errors. Write fastcgi_next_upstream error timeout "
                "non_idempotent.");
  } else if (!has_argument(next, "non_idempotent")) {
    add_problem(findings,
                "nginx does not send a POST again when its worker dies: write "
                "fastcgi_next_upstream error timeout non_idempotent; every POST has a key that "
                "makes it harmless.");
  }
  check_tries(scope, findings);
  if (scope.value("fastcgi_request_buffering", "on") == "off") {
    add_problem(findings,
                "nginx passes requests on before they are complete (fastcgi_request_buffering "
                "off): such a request cannot be sent again, and a slow client holds a worker's "
                "connection.");
  }
}

void check_servers(const NginxDirective& upstream, Findings& findings) {
  const std::string name = argument_of(&upstream, "");
  std::multiset<std::string> addresses;
  bool set_aside = false;
  for (const NginxDirective& server : upstream.block) {
    if (server.name != "server" || has_argument(&server, "down")) continue;
    addresses.insert(argument_of(&server, ""));
    set_aside |= !has_argument(&server, "max_fails=0");
  }
  if (addresses.size() < 2) {
    add_problem(findings,
                "The upstream " + name +
                    " has one server line only: a line is a try, so when a "
                    "worker dies its requests become errors. Name the shared socket twice.");
  } else if (set_aside) {
    add_problem(findings,
                "The upstream " + name +
                    " has a server line without max_fails=0: after one "
                    "worker's death nginx sets aside a socket that the others still serve.");
  }
}

}  // namespace chat
