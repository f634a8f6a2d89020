#include "doctor/nginx_upstream.hpp"

namespace chat {

const NginxDirective* find_upstream(const NginxBlock& config, const std::string& name) {
  for (const NginxDirective& http : config) {
    for (const NginxDirective& upstream : http.block) {
      if (http.name == "http" && upstream.name == "upstream" &&
          argument_of(&upstream, "") == name) {
        return &upstream;
      }
    }
  }
  return nullptr;
}

std::set<std::string> addresses_of(const NginxBlock& config, const NginxScope& scope) {
  const std::string name = argument_of(scope.own("fastcgi_pass"), "");
  const NginxDirective* const upstream = find_upstream(config, name);
  if (upstream == nullptr) return {name};
  std::set<std::string> addresses;
  for (const NginxDirective& server : upstream->block) {
    if (server.name == "server") addresses.insert(argument_of(&server, ""));
  }
  return addresses;
}

}  // namespace chat
