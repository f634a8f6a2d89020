#include "doctor/nginx_access.hpp"

#include <algorithm>

namespace chat {
namespace {

bool is_everybody(const std::string& network) {
  return network == "all" || network == "0.0.0.0/0" || network == "::/0";
}

// The rules of the innermost block that has some; nginx takes the first that fits.
bool is_closed(const NginxScope& scope) {
  for (const NginxDirective* const rule : scope.find_rules({"allow", "deny"})) {
    if (is_everybody(argument_of(rule, ""))) return rule->name == "deny";
  }
  return false;
}

bool is_local(const std::string& address) {
  return address.starts_with("127.") || address.starts_with("localhost") ||
         address.starts_with("[::1]") || address.starts_with("unix:");
}

bool listens_locally_only(const NginxScope& scope) {
  const std::vector<const NginxDirective*> listens = scope.every("listen");
  return !listens.empty() && std::all_of(listens.begin(), listens.end(), [](const auto* listen) {
    return is_local(argument_of(listen, ""));
  });
}

bool takes_proxy_protocol(const NginxScope& scope) {
  const std::vector<const NginxDirective*> listens = scope.every("listen");
  return std::any_of(listens.begin(), listens.end(), [](const auto* listen) {
    const auto& words = listen->arguments;
    return std::find(words.begin(), words.end(), "proxy_protocol") != words.end();
  });
}

}  // namespace

void check_operators_pages(const NginxBlock& config, Findings& findings) {
  for (const char* const path : {"/metrics", "/status", "/healthz"}) {
    for (const NginxScope& scope : NginxScope::of_path(config, path)) {
      if (scope.own("fastcgi_pass") == nullptr || is_closed(scope)) continue;
      add_problem(findings, std::string(path) +
                                " is open to everybody: allow this host and, after it, deny all "
                                "others.");
    }
  }
}

void check_addresses(const NginxScope& scope, Findings& findings) {
  const std::vector<const NginxDirective*> trusted = scope.every("set_real_ip_from");
  for (const NginxDirective* const network : trusted) {
    if (!is_everybody(argument_of(network, ""))) continue;
    add_problem(findings, "set_real_ip_from " + argument_of(network, "") +
                              " believes everybody: a client that writes an address into the "
                              "header is not limited and sees the operator's pages. Name your "
                              "proxy's address alone.");
  }
  if (!trusted.empty()) return;
  if (takes_proxy_protocol(scope)) {
    add_problem(findings,
                "nginx takes the PROXY protocol but not the address it brings: all clients have "
                "the proxy's and share one limit. Write set_real_ip_from with the proxy's address "
                "and real_ip_header proxy_protocol.");
  } else if (listens_locally_only(scope)) {
    add_advice(findings,
               "nginx is reached from this host alone. If another proxy stands in front, all "
               "clients have its address and share one limit: write set_real_ip_from with the "
               "proxy's address and real_ip_header X-Forwarded-For.");
  }
}

}  // namespace chat
