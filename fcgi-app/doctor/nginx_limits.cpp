#include "doctor/nginx_limits.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "doctor/nginx_variables.hpp"

namespace chat {
namespace {

// A page that is opened asks for its files at once, and for the messages of the rooms that it
// shows; a browser opens up to six connections, and with HTTP/2 each request counts as one.
struct Need {
  const char* name;
  std::size_t requests;
  std::size_t connections;
};
constexpr Need needs[] = {{"messages", 10, 6}, {"page.js", 30, 8}};

// What follows "burst=" in an argument of the directive.
std::string named_argument(const NginxDirective& directive, const std::string& name) {
  for (const std::string& argument : directive.arguments) {
    if (argument.starts_with(name)) return argument.substr(name.size());
  }
  return {};
}

const NginxDirective* find_zone(const NginxScope& scope, const std::string& name) {
  for (const NginxDirective* const zone : scope.every("limit_req_zone")) {
    if (named_argument(*zone, "zone=").starts_with(name + ':')) return zone;
  }
  return nullptr;
}

// 30r/m is less than one each second.
bool is_slow(const std::string& rate) {
  const auto number = parse_nginx_number(rate.substr(0, rate.find('r')));
  return number && (rate.ends_with("/m") ? *number < 60 : *number < 1);
}

// Whoever chooses his key has as many limits as he likes, or another's.
void check_key(const NginxScope& scope, const NginxDirective& zone, Findings& findings) {
  const std::set<std::string> sources = sources_of(scope, argument_of(&zone, ""));
  const auto chosen = std::find_if(sources.begin(), sources.end(), is_said_by_client);
  if (chosen == sources.end()) return;
  add_problem(findings, zone.name + ' ' + named_argument(zone, "zone=") + " counts by $" + *chosen +
                            ", which clients choose: nobody is limited. Count by "
                            "$binary_remote_addr, with set_real_ip_from behind a proxy.");
}

void check_requests(const NginxScope& scope, const Need& need, Findings& findings) {
  for (const NginxDirective* const limit : scope.find_all("limit_req")) {
    const std::string zone = named_argument(*limit, "zone=");
    const auto burst = parse_nginx_number(named_argument(*limit, "burst="));
    if (burst.value_or(0) + 1 < need.requests) {
      add_problem(findings, "limit_req zone=" + zone + " lets " +
                                std::to_string(burst.value_or(0) + 1) + " requests for /" +
                                need.name + " come at once, but a page sends up to " +
                                std::to_string(need.requests) +
                                ": people see 429 when they open it. Write burst=" +
                                std::to_string(need.requests) + " nodelay, or more.");
    }
    const NginxDirective* const definition = find_zone(scope, zone);
    if (definition != nullptr) check_key(scope, *definition, findings);
    const std::string rate = definition == nullptr ? "" : named_argument(*definition, "rate=");
    if (is_slow(rate)) {
      add_problem(findings, "limit_req_zone " + zone + " allows " + rate +
                                ", less than a request each second: who chats is refused. Raise "
                                "its rate.");
    }
  }
}

void check_connections(const NginxScope& scope, const Need& need, Findings& findings) {
  for (const NginxDirective* const limit : scope.find_all("limit_conn")) {
    if (limit->arguments.size() < 2) continue;
    const auto connections = parse_nginx_number(limit->arguments[1]);
    if (!connections || *connections >= need.connections) continue;
    add_problem(findings, "limit_conn " + limit->arguments[0] + " allows " + limit->arguments[1] +
                              " connections for /" + need.name + ", but one browser opens up to " +
                              std::to_string(need.connections) +
                              ", and everybody behind one router shares an address: raise it.");
  }
}

}  // namespace

void check_limits(const NginxScope& messages, Findings& findings) {
  for (const Need& need : needs) {
    const std::optional<NginxScope> scope = messages.beside(need.name);
    if (!scope) continue;
    check_requests(*scope, need, findings);
    check_connections(*scope, need, findings);
  }
}

}  // namespace chat
