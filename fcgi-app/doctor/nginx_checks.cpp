#include "doctor/nginx_checks.hpp"

#include <algorithm>
#include <set>

#include "doctor/nginx_access.hpp"
#include "doctor/nginx_identity.hpp"
#include "doctor/nginx_limits.hpp"
#include "doctor/nginx_resending.hpp"
#include "doctor/nginx_scope.hpp"
#include "doctor/nginx_streams.hpp"
#include "doctor/nginx_upstream.hpp"
#include "domain/message.hpp"

namespace chat {
namespace {

using std::chrono::milliseconds;

// Above the longest poll by as much as its deadline is spread and its answer takes.
constexpr milliseconds least_read_timeout = max_poll_timeout + std::chrono::seconds{2};
// nginx's defaults.
constexpr std::size_t default_worker_connections = 512;
constexpr std::size_t usual_descriptors = 1024;
// Fewer on one process of nginx surprise even a small team, whose every tab may be a poll.
constexpr std::size_t least_polls = 500;

std::size_t connections_of(const NginxBlock& config) {
  const NginxDirective* const events = find_directive(config, "events");
  if (events == nullptr) return default_worker_connections;
  const std::string text = argument_of(find_directive(events->block, "worker_connections"), "");
  return parse_nginx_number(text).value_or(default_worker_connections);
}

void check_times(const NginxScope& scope, Findings& findings) {
  const std::string text = scope.value("fastcgi_read_timeout", "60s");
  const auto timeout = parse_nginx_time(text);
  if (!timeout || *timeout >= least_read_timeout) return;
  add_problem(findings, "nginx gives a worker up after " + text +
                            " (fastcgi_read_timeout), but a poll may "
                            "wait " +
                            std::to_string(max_poll_timeout.count()) +
                            " s: set it to 65s, or polls end as errors.");
}

void check_answers(const NginxScope& scope, Findings& findings) {
  if (scope.value("fastcgi_buffering", "on") != "off") return;
  add_problem(findings,
              "nginx passes answers on as slowly as their reader takes them (fastcgi_buffering "
              "off): a slow phone holds a worker's connection and memory, and a worker that is "
              "restarted cuts the answer. Remove it from the location of /messages.");
}

void check_parameters(const NginxScope& scope, Findings& findings) {
  std::set<std::string> passed;
  for (const NginxDirective* const param : scope.find_all("fastcgi_param")) {
    if (param->arguments.size() >= 2) passed.insert(param->arguments[0]);
  }
  if (passed.count("REQUEST_ID") == 0) {
    add_problem(findings,
                "nginx does not tell workers its request id (fastcgi_param REQUEST_ID "
                "$request_id): a POST that it sends again is stored twice, and the log cannot be "
                "followed.");
  }
  for (const char* const name :
       {"REQUEST_METHOD", "QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH"}) {
    if (passed.count(name) > 0) continue;
    add_problem(findings, std::string("nginx does not pass ") + name +
                              " to workers (fastcgi_param): they cannot read requests.");
  }
}

// Polls that one process of nginx can hold: each is a connection on both sides.
std::size_t polls_of_process(const NginxBlock& config, std::size_t max_polls) {
  return std::min(connections_of(config) / 2, max_polls);
}

void check_kept_connections(const NginxBlock& config, const NginxScope& scope,
                            const NginxDirective* upstream, std::size_t max_polls,
                            Findings& findings) {
  if (scope.value("fastcgi_keep_conn", "off") != "on") {
    add_problem(findings,
                "nginx makes a new connection for each request (fastcgi_keep_conn is off): news "
                "for thousands of polls overrun the socket's backlog. Set it to on.");
    return;
  }
  if (upstream == nullptr) return;
  const std::string text = argument_of(find_directive(upstream->block, "keepalive"), "");
  const auto kept = parse_nginx_number(text);
  const std::size_t polls = polls_of_process(config, max_polls);
  const std::string name = argument_of(upstream, "");
  if (!kept) {
    add_problem(findings, "The upstream " + name +
                              " keeps no connections: fastcgi_keep_conn needs a keepalive there.");
  } else if (*kept < polls / 2) {
    // Half of them is room enough: not all polls come back in the same instant.
    add_problem(findings, "The upstream " + name + " keeps " + text +
                              " connections, but one process of nginx may hold " +
                              std::to_string(polls) + " polls: raise keepalive to about that.");
  }
}

void check_descriptors(const NginxBlock& config, std::size_t max_polls, Findings& findings) {
  const std::size_t connections = connections_of(config);
  const NginxDirective* const directive = find_directive(config, "worker_rlimit_nofile");
  const auto limit = parse_nginx_number(argument_of(directive, ""));
  if (limit && *limit < connections) {
    add_problem(findings, "A process of nginx may open " + std::to_string(*limit) +
                              " descriptors (worker_rlimit_nofile), fewer than its " +
                              std::to_string(connections) + " worker_connections.");
  } else if (!limit && connections > usual_descriptors) {
    add_advice(findings,
               "nginx has " + std::to_string(connections) +
                   " worker_connections and no "
                   "worker_rlimit_nofile: unless its service sets LimitNOFILE, it may open " +
                   std::to_string(usual_descriptors) + " descriptors only.");
  }
  const std::size_t polls = connections / 2;
  if (polls < std::min(least_polls, max_polls)) {
    add_problem(findings, "One process of nginx has " + std::to_string(connections) +
                              " worker_connections, Debian's default or less: with two for each "
                              "poll it holds " +
                              std::to_string(polls) +
                              " people. Raise it, with worker_rlimit_nofile, to twice the polls "
                              "that you expect.");
  } else if (polls < max_polls) {
    add_advice(findings, "One process of nginx can hold " + std::to_string(connections / 2) +
                             " polls (half of worker_connections), a worker " +
                             std::to_string(max_polls) +
                             ": raise worker_connections if you expect that many.");
  }
}

void check_location(const NginxBlock& config, const NginxScope& scope, std::size_t max_polls,
                    Findings& findings) {
  check_times(scope, findings);
  check_resending(scope, findings);
  check_answers(scope, findings);
  check_streams(scope, findings);
  check_parameters(scope, findings);
  check_identity(scope, findings);
  check_addresses(config, scope, findings);
  const std::string name = argument_of(scope.own("fastcgi_pass"), "");
  const NginxDirective* const upstream = find_upstream(config, name);
  if (upstream != nullptr) {
    check_servers(*upstream, findings);
  } else if (name.find('$') == std::string::npos) {
    add_problem(
        findings,
        "fastcgi_pass names the address " + name +
            ", which is one try only: when a "
            "worker dies its requests become errors. Make an upstream that names it twice.");
  } else {
    add_advice(findings, "fastcgi_pass is the variable " + name + ", which cannot be followed.");
  }
  check_kept_connections(config, scope, upstream, max_polls, findings);
}

// Several servers, with and without TLS, say, share what is wrong.
void remove_repetitions(Findings& findings) {
  std::set<std::string> said;
  std::erase_if(findings,
                [&](const Finding& finding) { return !said.insert(finding.sentence).second; });
}

}  // namespace

Findings check_nginx(const NginxBlock& config, std::size_t max_polls) {
  Findings findings;
  const std::vector<NginxScope> chat = NginxScope::handing_over(config, "/messages");
  if (chat.empty()) {
    add_problem(findings, "No location of nginx hands /messages to a worker (fastcgi_pass).");
    return findings;
  }
  for (const NginxScope& scope : chat) check_location(config, scope, max_polls, findings);
  check_proxied_streams(config, findings);
  check_descriptors(config, max_polls, findings);
  check_operators_pages(config, chat, findings);
  for (const NginxScope& scope : chat) check_limits(scope, findings);
  remove_repetitions(findings);
  if (findings.empty()) add_good(findings, "nginx is configured as the chat needs it.");
  return findings;
}

}  // namespace chat
