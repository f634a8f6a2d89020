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

// nginx fills $remote_user from the client's header, whether or not somebody looks at it.
void check_name_of_header(const NginxScope& scope, Findings& findings) {
  if (!checks_who_asks(scope)) {
    add_problem(findings,
                "REMOTE_USER is $remote_user, but nobody checks a password there (auth_basic, "
                "auth_request): nginx fills it from the client's header, so anybody can be "
                "anybody. Turn auth_basic on, or pass an empty name.");
  } else if (!is_on(scope, "auth_basic")) {
    add_advice(findings,
               "REMOTE_USER is $remote_user, which nginx fills from the client's header: unless "
               "your login (auth_request) checks that very header, anybody who is logged in can be "
               "anybody. Let it answer with the name and take that: auth_request_set $chat_login "
               "$upstream_http_x_user.");
  }
}

bool is_of_certificate(const std::string& variable) { return variable.starts_with("ssl_client_"); }

void check_name_of_certificate(const NginxScope& scope, Findings& findings) {
  const std::string verify = scope.value("ssl_verify_client", "off");
  if (verify == "on" || verify == "optional") return;
  add_problem(findings,
              "REMOTE_USER comes from the client's certificate, which nobody checks "
              "(ssl_verify_client " +
                  verify + "): anybody can be anybody. Write ssl_verify_client on.");
}

void check_remote_user(const NginxScope& scope, const std::string& value, Findings& findings) {
  const std::set<std::string> sources = sources_of(scope, value);
  if (const std::string chosen = said_by_client(sources); !chosen.empty()) {
    add_problem(findings, "REMOTE_USER comes from the client (" + chosen +
                              "): anybody can be anybody. Take it from $remote_user under "
                              "auth_basic, or from what auth_request_set got (see the examples).");
    return;
  }
  if (sources.count("remote_user") > 0) check_name_of_header(scope, findings);
  if (std::any_of(sources.begin(), sources.end(), is_of_certificate)) {
    check_name_of_certificate(scope, findings);
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
