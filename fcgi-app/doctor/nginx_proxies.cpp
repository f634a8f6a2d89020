#include "doctor/nginx_proxies.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "doctor/nginx_upstream.hpp"
#include "doctor/nginx_variables.hpp"

namespace chat {
namespace {

bool is_local(const std::string& address) {
  return address.starts_with("127.") || address.starts_with("localhost") ||
         address.starts_with("[::1]") || address.starts_with("unix:");
}

// 8080, of 127.0.0.1:8080 too; a socket's path as it is.
std::string port_of(const std::string& address) {
  if (address.starts_with("unix:")) return address.substr(0, address.find(':', 5));
  const std::size_t colon = address.rfind(':');
  const std::string last = colon == std::string::npos ? address : address.substr(colon + 1);
  return parse_nginx_number(last) ? last : "80";
}

std::string without_scheme_and_path(std::string target) {
  const std::size_t scheme = target.find("://");
  if (scheme != std::string::npos) target.erase(0, scheme + 3);
  return target.starts_with("unix:") ? target : target.substr(0, target.find('/'));
}

// Ports of this host to which a block, or one in it, hands requests or connections.
void add_local_targets(const NginxBlock& config, const NginxBlock& block,
                       std::set<std::string>& ports) {
  const auto add = [&ports](const std::string& address) {
    if (is_local(address)) ports.insert(port_of(address));
  };
  for (const NginxDirective& directive : block) {
    add_local_targets(config, directive.block, ports);
    if (directive.name != "proxy_pass") continue;
    const std::string target = without_scheme_and_path(argument_of(&directive, ""));
    add(target);
    const NginxDirective* const upstream = find_upstream(config, target);
    if (upstream == nullptr) continue;
    for (const NginxDirective& server : upstream->block) {
      if (server.name == "server") add(argument_of(&server, ""));
    }
  }
}

bool is_of_proxies(const std::string& variable) {
  static const std::set<std::string> names = {"http_x_forwarded_for", "http_forwarded", "http_via",
                                              "realip_remote_addr", "proxy_protocol_addr"};
  return names.count(variable) > 0;
}

}  // namespace

bool listens_locally_only(const NginxScope& scope) {
  const std::vector<const NginxDirective*> listens = scope.every("listen");
  return !listens.empty() && std::all_of(listens.begin(), listens.end(), [](const auto* listen) {
    return is_local(argument_of(listen, ""));
  });
}

bool takes_proxy_protocol(const NginxScope& scope) {
  const std::vector<const NginxDirective*> listens = scope.every("listen");
  return std::any_of(listens.begin(), listens.end(),
                     [](const auto* listen) { return has_argument(listen, "proxy_protocol"); });
}

bool is_behind_own_proxy(const NginxBlock& config, const NginxScope& scope) {
  std::set<std::string> ports;
  add_local_targets(config, config, ports);
  const std::vector<const NginxDirective*> listens = scope.every("listen");
  return std::any_of(listens.begin(), listens.end(), [&](const auto* listen) {
    return ports.count(port_of(argument_of(listen, ""))) > 0;
  });
}

bool believes_local_proxy(const NginxScope& scope) {
  const std::vector<const NginxDirective*> trusted = scope.find_all("set_real_ip_from");
  return std::any_of(trusted.begin(), trusted.end(), [](const auto* network) {
    const std::string address = argument_of(network, "");
    return is_local(address) || address.starts_with("::1");
  });
}

bool refuses_what_was_proxied(const NginxScope& scope) {
  const std::vector<const NginxDirective*> conditions = scope.every("if");
  return std::any_of(conditions.begin(), conditions.end(), [&](const auto* condition) {
    const std::string status = argument_of(find_directive(condition->block, "return"), "");
    if (!status.starts_with('4')) return false;
    const std::set<std::string> sources = sources_of(scope, argument_of(condition, ""));
    return std::any_of(sources.begin(), sources.end(), is_of_proxies);
  });
}

}  // namespace chat
