#include "doctor/nginx_location.hpp"

#include <regex.h>

#include <string_view>

namespace chat {
namespace {

using Blocks = std::vector<const NginxBlock*>;

// Greater ones, and those with counts, could take all memory.
constexpr std::size_t longest_pattern = 200;

bool is_pattern(const NginxDirective& location) {
  return location.arguments.size() == 2 && location.arguments[0].starts_with('~');
}

bool is_exact(const NginxDirective& location) {
  return location.arguments.size() == 2 && location.arguments[0] == "=";
}

bool pattern_fits(const NginxDirective& location, const std::string& path) {
  const std::string& pattern = location.arguments[1];
  if (pattern.size() > longest_pattern || pattern.find('{') != std::string::npos ||
      pattern.find("(?") != std::string::npos) {
    return false;
  }
  const int any_case = location.arguments[0] == "~*" ? REG_ICASE : 0;
  regex_t compiled;
  if (regcomp(&compiled, pattern.c_str(), REG_EXTENDED | REG_NOSUB | any_case) != 0) return false;
  const bool fits = regexec(&compiled, path.c_str(), 0, nullptr, 0) == 0;
  regfree(&compiled);
  return fits;
}

bool prefix_fits(const NginxDirective& location, const std::string& path) {
  if (location.arguments.empty() || is_pattern(location)) return false;
  const std::string& prefix = location.arguments.back();
  if (is_exact(location)) return prefix == path;
  return !prefix.starts_with('@') && path.starts_with(prefix);
}

// The longest; one that is exact before all others.
const NginxDirective* best_prefix(const NginxBlock& block, const std::string& path) {
  const NginxDirective* best = nullptr;
  for (const NginxDirective& location : block) {
    if (location.name != "location" || !prefix_fits(location, path)) continue;
    if (is_exact(location)) return &location;
    if (best == nullptr || location.arguments.back().size() > best->arguments.back().size()) {
      best = &location;
    }
  }
  return best;
}

// As nginx does it: the best prefix, what is nested in it, then patterns in their order, unless the
// prefix says ^~. True when nothing further out may take the place of what was found.
bool descend(const NginxBlock& block, const std::string& path, Blocks& found) {
  const std::size_t depth = found.size();
  const NginxDirective* const prefix = best_prefix(block, path);
  if (prefix != nullptr) {
    found.push_back(&prefix->block);
    if (is_exact(*prefix) || descend(prefix->block, path, found)) return true;
    if (prefix->arguments.front() == "^~") return false;
  }
  for (const NginxDirective& location : block) {
    if (location.name != "location" || !is_pattern(location) || !pattern_fits(location, path)) {
      continue;
    }
    found.resize(depth);
    found.push_back(&location.block);
    descend(location.block, path, found);
    return true;
  }
  return false;
}

}  // namespace

std::vector<const NginxBlock*> location_of(const NginxBlock& server, const std::string& path) {
  Blocks found;
  descend(server, path, found);
  return found;
}

std::set<std::string> paths_ending_in(const NginxBlock& server, const std::string& end) {
  std::set<std::string> paths;
  for (const NginxDirective& location : server) {
    if (location.name != "location" || location.arguments.empty()) continue;
    const std::string& path = location.arguments.back();
    if (!is_pattern(location) && path.starts_with('/') && path.ends_with(end)) paths.insert(path);
    paths.merge(paths_ending_in(location.block, end));
  }
  return paths;
}

}  // namespace chat
