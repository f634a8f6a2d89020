#include "doctor/nginx_variables.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace chat {
namespace {

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::vector<std::string> variables_in(const std::string& text) {
  std::vector<std::string> names;
  for (std::size_t at = text.find('$'); at != std::string::npos; at = text.find('$', at)) {
    ++at;
    if (at < text.size() && text[at] == '{') ++at;
    std::size_t end = at;
    while (end < text.size() && is_name(text[end])) ++end;
    if (end > at) names.push_back(text.substr(at, end - at));
    at = end;
  }
  return names;
}

// $1 is a part of what the map looked at.
bool is_capture(const std::string& variable) {
  return std::all_of(variable.begin(), variable.end(),
                     [](unsigned char c) { return std::isdigit(c) != 0; });
}

// What a map may become, and what it looks at unless that decides between nothing and nothing.
std::vector<std::string> texts_of_map(const NginxDirective& map) {
  std::vector<std::string> texts;
  bool source_decides = false;
  for (const NginxDirective& entry : map.block) {
    const std::string text = argument_of(&entry, "");
    const std::vector<std::string> inside = variables_in(text);
    source_decides |= std::any_of(inside.begin(), inside.end(), is_capture);
    source_decides |= inside.empty() && !text.empty();
    texts.push_back(text);
  }
  if (source_decides) texts.push_back(map.arguments[0]);
  return texts;
}

// Of a group with a name in one of a map's patterns: what the map looked at.
bool names_group(const NginxDirective& map, const std::string& variable) {
  const std::array groups = {"?<" + variable + '>', "?P<" + variable + '>', "?'" + variable + "'"};
  return std::any_of(map.block.begin(), map.block.end(), [&](const NginxDirective& entry) {
    return std::any_of(groups.begin(), groups.end(), [&](const std::string& group) {
      return entry.name.find(group) != std::string::npos;
    });
  });
}

void add_texts_of_maps(const NginxScope& scope, const std::string& variable,
                       std::vector<std::string>& texts) {
  for (const NginxDirective* const map : scope.every("map")) {
    if (map->arguments.size() < 2) continue;
    if (names_group(*map, variable)) texts.push_back(map->arguments[0]);
    if (map->arguments[1] != '$' + variable) continue;
    for (std::string& text : texts_of_map(*map)) texts.push_back(std::move(text));
  }
}

void add_text_of_setter(const NginxDirective& setter, const std::string& variable,
                        std::vector<std::string>& texts) {
  if (setter.name != "set" && setter.name != "auth_request_set") return;
  if (setter.arguments.size() < 2 || setter.arguments[0] != '$' + variable) return;
  texts.push_back(setter.arguments[1]);
}

// What sets it at the server or in the location, also under a condition; that decides with it.
std::vector<std::string> texts_of(const NginxScope& scope, const std::string& variable) {
  std::vector<std::string> texts;
  add_texts_of_maps(scope, variable, texts);
  for (const char* const setter : {"set", "auth_request_set"}) {
    for (const NginxDirective* const set : scope.every(setter)) {
      add_text_of_setter(*set, variable, texts);
    }
  }
  for (const NginxDirective* const condition : scope.every("if")) {
    const std::size_t before = texts.size();
    for (const NginxDirective& inner : condition->block) {
      add_text_of_setter(inner, variable, texts);
    }
    if (texts.size() == before) continue;
    for (const std::string& word : condition->arguments) texts.push_back(word);
  }
  return texts;
}

}  // namespace

std::set<std::string> sources_of(const NginxScope& scope, const std::string& text) {
  std::set<std::string> seen;
  std::set<std::string> sources;
  std::vector<std::string> left = variables_in(text);
  while (!left.empty()) {
    const std::string variable = std::move(left.back());
    left.pop_back();
    if (!seen.insert(variable).second || is_capture(variable)) continue;
    const std::vector<std::string> texts = texts_of(scope, variable);
    if (texts.empty()) sources.insert(variable);
    for (const std::string& each : texts) {
      for (std::string& name : variables_in(each)) left.push_back(std::move(name));
    }
  }
  return sources;
}

bool is_said_by_client(const std::string& variable) {
  static const std::set<std::string> whole = {
      "args", "query_string", "request_uri",  "uri",          "document_uri",
      "host", "request",      "request_body", "content_type", "ssl_server_name"};
  const auto begins = [&](const char* prefix) { return variable.starts_with(prefix); };
  return begins("http_") || begins("arg_") || begins("cookie_") || whole.count(variable) > 0;
}

}  // namespace chat
