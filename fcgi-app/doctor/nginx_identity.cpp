#include "doctor/nginx_identity.hpp"

#include <algorithm>

#include "doctor/nginx_variables.hpp"

namespace chat {
namespace {

bool is_on(const NginxScope& scope, const char* directive) {
  return scope.value(directive, "off") != "off";
}

// With "satisfy any" an address that is allowed needs no password, and its $remote_user is whatever
// it says.
bool checks_who_asks(const NginxScope& scope) {
  if (!is_on(scope, "auth_basic") && !is_on(scope, "auth_request")) return false;
  return scope.value("satisfy", "all") != "any" || scope.find_all("allow").empty();
}

// The first of them that a client chooses; empty when there is none.
std::string said_by_client(const std::set<std::string>& variables) {
  const auto found = std::find_if(variables.begin(), variables.end(), is_said_by_client);
  return found == variables.end() ? std::string() : '$' + *found;
}

void check_request_id(const NginxScope& scope, const std::string& value, Findings& findings) {
  const std::set<std::string> sources = sources_of(scope, value);
  if (const std::string chosen = said_by_client(sources); !chosen.empty()) {
    add_problem(findings, "REQUEST_ID comes from the client (" + chosen +
                              "): it is the key of a POST that has none, so two requests with the "
                              "same one become one message, and the other is lost or refused. "
                              "Write fastcgi_param REQUEST_ID $request_id.");
  } else if (sources.empty()) {
    add_problem(findings, "REQUEST_ID is always the same (\"" + value +
                              "\"): of all messages without a key only the first is stored. Write "
                              "fastcgi_param REQUEST_ID $request_id.");
  }
}

void check_remote_user(const NginxScope& scope, const std::string& value, Findings& findings) {
  const std::set<std::string> sources = sources_of(scope, value);
  if (const std::string chosen = said_by_client(sources); !chosen.empty()) {
    add_problem(findings, "REMOTE_USER comes from the client (" + chosen +
                              "): anybody can be anybody. Take it from $remote_user under "
                              "auth_basic, or from what auth_request_set got (see the examples).");
  } else if (sources.count("remote_user") > 0 && !checks_who_asks(scope)) {
    add_problem(findings,
                "REMOTE_USER is $remote_user, but nobody checks a password there (auth_basic, "
                "auth_request): nginx fills it from the client's header, so anybody can be "
                "anybody. Turn auth_basic on, or pass an empty name.");
  }
}

}  // namespace

void check_identity(const NginxScope& scope, Findings& findings) {
  for (const NginxDirective* const param : scope.find_all("fastcgi_param")) {
    if (param->arguments.size() < 2) continue;
    if (param->arguments[0] == "REQUEST_ID") {
      check_request_id(scope, param->arguments[1], findings);
    } else if (param->arguments[0] == "REMOTE_USER") {
      check_remote_user(scope, param->arguments[1], findings);
    }
  }
}

}  // namespace chat
