#include "doctor/nginx_access.hpp"

#include <algorithm>
#include <set>

#include "doctor/nginx_proxies.hpp"
#include "doctor/nginx_upstream.hpp"

namespace chat {
namespace {

// Nobody's own network is as large: 8 bits of IPv4, 16 of IPv6 are the least that registries give.
bool is_everybody(const std::string& network) {
  if (network == "all") return true;
  const std::size_t slash = network.find('/');
  if (slash == std::string::npos) return false;
  const auto bits = parse_nginx_number(network.substr(slash + 1));
  return bits && *bits < (network.find(':') == std::string::npos ? 8U : 16U);
}

// The rules of the innermost block that has some; nginx takes the first that fits.
bool is_closed_by_address(const NginxScope& scope) {
  for (const NginxDirective* const rule : scope.find_rules({"allow", "deny"})) {
    if (is_everybody(argument_of(rule, ""))) return rule->name == "deny";
  }
  return false;
}

bool asks_for_login(const NginxScope& scope) {
  return scope.value("auth_basic", "off") != "off" || scope.value("auth_request", "off") != "off";
}

bool is_closed(const NginxScope& scope) {
  const bool by_address = is_closed_by_address(scope);
  if (scope.own("internal") != nullptr) return true;
  if (!asks_for_login(scope)) return by_address;
  // With "satisfy any" one of both is enough.
  const bool either =
      scope.value("satisfy", "all") == "any" && !scope.find_rules({"allow", "deny"}).empty();
  return by_address || !either;
}

bool lets_in_this_host(const NginxScope& scope) {
  const std::vector<const NginxDirective*> allowed = scope.find_all("allow");
  return std::any_of(allowed.begin(), allowed.end(), [](const auto* rule) {
    const std::string address = argument_of(rule, "");
    return address.starts_with("127.") || address.starts_with("::1") || address == "unix:";
  });
}

void check_operators_page(const NginxBlock& config, const NginxScope& scope, const char* path,
                          Findings& findings) {
  if (!is_closed(scope)) {
    add_problem(findings, std::string(path) +
                              " is open to everybody: allow this host and, after it, deny all "
                              "others.");
  } else if (is_behind_own_proxy(config, scope) && lets_in_this_host(scope) &&
             !asks_for_login(scope) && !believes_local_proxy(scope) &&
             !refuses_what_was_proxied(scope)) {
    add_problem(findings, std::string(path) +
                              " is open to whoever comes through the proxy on this host, because "
                              "all of them have this host's address: write set_real_ip_from "
                              "127.0.0.1 and real_ip_header X-Forwarded-For in the chat's server, "
                              "and refuse the page in the proxy.");
  }
}

void check_trust(const NginxScope& scope, Findings& findings) {
  for (const NginxDirective* const network : scope.find_all("set_real_ip_from")) {
    if (!is_everybody(argument_of(network, ""))) continue;
    add_problem(findings, "set_real_ip_from " + argument_of(network, "") +
                              " believes everybody: a client that writes an address into the "
                              "header is not limited and sees the operator's pages. Name your "
                              "proxy's address alone.");
  }
}

}  // namespace

void check_operators_pages(const NginxBlock& config, const std::vector<NginxScope>& chat,
                           Findings& findings) {
  std::set<std::string> workers;
  for (const NginxScope& scope : chat) workers.merge(addresses_of(config, scope));
  for (const char* const path : {"/metrics", "/status", "/healthz"}) {
    for (const NginxScope& scope : NginxScope::handing_over(config, path)) {
      const std::set<std::string> asked = addresses_of(config, scope);
      const bool ours = std::any_of(asked.begin(), asked.end(), [&](const std::string& address) {
        return workers.count(address) > 0;
      });
      if (ours) check_operators_page(config, scope, path, findings);
    }
  }
}

void check_addresses(const NginxBlock& config, const NginxScope& scope, Findings& findings) {
  check_trust(scope, findings);
  if (takes_proxy_protocol(scope) && scope.find("set_real_ip_from") == nullptr) {
    add_problem(findings,
                "nginx takes the PROXY protocol but not the address it brings: all clients have "
                "the proxy's and share one limit. Write set_real_ip_from with the proxy's address "
                "and real_ip_header proxy_protocol.");
  }
  if (believes_local_proxy(scope)) return;
  if (is_behind_own_proxy(config, scope)) {
    add_problem(findings,
                "The chat's server stands behind a proxy of the same nginx (proxy_pass): all "
                "clients have this host's address, share one limit and hide behind it in the log. "
                "Write set_real_ip_from 127.0.0.1 and real_ip_header X-Forwarded-For.");
  } else if (listens_locally_only(scope) && !takes_proxy_protocol(scope)) {
    add_advice(findings,
               "nginx is reached from this host alone. If another proxy stands in front, all "
               "clients have its address, share one limit and count as this host: write "
               "set_real_ip_from with the proxy's address and real_ip_header X-Forwarded-For.");
  }
}

}  // namespace chat
