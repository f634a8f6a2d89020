#include "doctor/nginx_scope.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <set>

#include "doctor/nginx_location.hpp"

namespace chat {
namespace {

using std::chrono::milliseconds;

template <typename Function>
void for_each_server(const NginxBlock& config, const Function& function) {
  for (const NginxDirective& http : config) {
    if (http.name != "http") continue;
    for (const NginxDirective& server : http.block) {
      if (server.name == "server") function(http.block, server.block);
    }
  }
}

}  // namespace

const NginxDirective* find_directive(const NginxBlock& block, std::string_view name) {
  for (const NginxDirective& directive : block) {
    if (directive.name == name) return &directive;
  }
  return nullptr;
}

std::string argument_of(const NginxDirective* directive, const std::string& otherwise) {
  if (directive == nullptr || directive->arguments.empty()) return otherwise;
  return directive->arguments.front();
}

bool has_argument(const NginxDirective* directive, std::string_view argument) {
  return directive != nullptr && std::find(directive->arguments.begin(), directive->arguments.end(),
                                           argument) != directive->arguments.end();
}

std::optional<NginxScope> NginxScope::in_server(const NginxBlock& http, const NginxBlock& server,
                                                const std::string& path) {
  const std::vector<const NginxBlock*> found = location_of(server, path);
  if (found.empty()) return std::nullopt;
  NginxScope scope;
  scope.blocks_ = {&http, &server};
  scope.blocks_.insert(scope.blocks_.end(), found.begin(), found.end());
  scope.path_ = path;
  return scope;
}

std::vector<NginxScope> NginxScope::handing_over(const NginxBlock& config,
                                                 const std::string& path) {
  std::vector<NginxScope> scopes;
  for_each_server(config, [&](const NginxBlock& http, const NginxBlock& server) {
    std::set<std::string> paths = paths_ending_in(server, path);
    paths.insert(path);
    for (const std::string& each : paths) {
      auto scope = in_server(http, server, each);
      if (scope && scope->own("fastcgi_pass") != nullptr) scopes.push_back(std::move(*scope));
    }
  });
  return scopes;
}

std::optional<NginxScope> NginxScope::beside(const std::string& name) const {
  return in_server(*blocks_[0], *blocks_[1], path_.substr(0, path_.rfind('/') + 1) + name);
}

const NginxDirective* NginxScope::find(std::string_view name) const {
  for (auto block = blocks_.rbegin(); block != blocks_.rend(); ++block) {
    if (const NginxDirective* const found = find_directive(**block, name)) return found;
  }
  return nullptr;
}

std::vector<const NginxDirective*> NginxScope::find_all(std::string_view name) const {
  return find_rules({name});
}

std::vector<const NginxDirective*> NginxScope::find_rules(
    std::initializer_list<std::string_view> names) const {
  std::vector<const NginxDirective*> found;
  for (auto block = blocks_.rbegin(); block != blocks_.rend() && found.empty(); ++block) {
    for (const NginxDirective& directive : **block) {
      const bool wanted = std::find(names.begin(), names.end(), directive.name) != names.end();
      if (wanted) found.push_back(&directive);
    }
  }
  return found;
}

std::vector<const NginxDirective*> NginxScope::every(std::string_view name) const {
  std::vector<const NginxDirective*> found;
  for (const NginxBlock* const block : blocks_) {
    for (const NginxDirective& directive : *block) {
      if (directive.name == name) found.push_back(&directive);
    }
  }
  return found;
}

std::string NginxScope::value(std::string_view name, const std::string& otherwise) const {
  return argument_of(find(name), otherwise);
}

std::optional<milliseconds> parse_nginx_time(std::string_view text) {
  if (text.empty()) return std::nullopt;
  constexpr std::int64_t longest_ms = std::int64_t{1} << 40;
  milliseconds sum{0};
  while (!text.empty()) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number < 0 || number > longest_ms) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    std::int64_t unit = 1000;
    std::size_t letters = 1;
    if (text.starts_with("ms")) {
      unit = 1;
      letters = 2;
    } else if (text.starts_with('m')) {
      unit = 60'000;
    } else if (text.starts_with('h')) {
      unit = 3'600'000;
    } else if (text.starts_with('d')) {
      unit = 86'400'000;
    } else if (!text.empty() && !text.starts_with('s')) {
      return std::nullopt;
    }
    text.remove_prefix(std::min(letters, text.size()));
    sum += milliseconds{std::min(number, longest_ms / unit) * unit};
    if (sum > milliseconds{longest_ms}) return std::nullopt;
  }
  return sum;
}

std::optional<std::size_t> parse_nginx_number(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace chat
