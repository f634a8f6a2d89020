#include "doctor/nginx_config.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <map>

#include "doctor/nginx_tokens.hpp"

namespace chat {
namespace {

// nginx itself would not read more; a text that is no configuration must not take all memory.
constexpr int max_depth = 50;
constexpr std::size_t max_directives = 200'000;

constexpr std::string_view marker_begin = "# configuration file ";
constexpr std::string_view marker_end = ":";
constexpr const char* unnamed = "the nginx configuration";

struct Dump {
  std::string main;  // the name of the first file
  std::map<std::string, std::string_view> files;
};

// The name in a line that begins a file; empty for any other line.
std::string_view file_begun_by(std::string_view line) {
  if (!line.starts_with(marker_begin) || !line.ends_with(marker_end)) return {};
  line.remove_prefix(marker_begin.size());
  line.remove_suffix(marker_end.size());
  return line;
}

Dump split(std::string_view text) {
  Dump dump;
  std::string name;
  std::size_t begin = 0;
  const auto end_file = [&](std::size_t end) {
    if (!name.empty()) dump.files.emplace(name, text.substr(begin, end - begin));
  };
  for (std::size_t line = 0; line < text.size();) {
    const std::size_t end = std::min(text.find('\n', line), text.size());
    const std::string_view begun = file_begun_by(text.substr(line, end - line));
    if (!begun.empty()) {
      end_file(line);
      name = begun;
      begin = std::min(end + 1, text.size());
      if (dump.main.empty()) dump.main = name;
    }
    line = end + 1;
  }
  end_file(text.size());
  if (dump.files.empty()) return {unnamed, {{unnamed, text}}};
  return dump;
}

class Parser {
 public:
  explicit Parser(Dump dump) : dump_(std::move(dump)) {}

  NginxBlock parse() {
    NginxBlock block;
    parse_file(dump_.main, block, 0);
    return block;
  }

 private:
  void parse_file(const std::string& name, NginxBlock& block, int depth) {
    NginxTokens tokens(name, dump_.files.at(name));
    parse_block(tokens, block, depth, NginxToken::Kind::end);
  }

  // Up to the token that ends the block.
  void parse_block(NginxTokens& tokens, NginxBlock& block, int depth, NginxToken::Kind end) {
    if (depth > max_depth)
      throw NginxConfigError(tokens.place() + ": blocks are nested too deeply");
    for (;;) {
      const NginxToken token = tokens.next();
      if (token.kind == end) return;
      if (token.kind != NginxToken::Kind::word) {
        throw NginxConfigError(tokens.place() + ": a directive was expected here");
      }
      if (++directives_ > max_directives) throw NginxConfigError("there are too many directives");
      parse_directive(tokens, token.text, block, depth);
    }
  }

  void parse_directive(NginxTokens& tokens, const std::string& name, NginxBlock& block, int depth) {
    NginxDirective directive{name, {}, {}};
    NginxToken token = tokens.next();
    for (; token.kind == NginxToken::Kind::word; token = tokens.next()) {
      directive.arguments.push_back(token.text);
    }
    if (token.kind == NginxToken::Kind::open) {
      if (name.ends_with("_by_lua_block")) {
        tokens.skip_lua();
      } else {
        parse_block(tokens, directive.block, depth + 1, NginxToken::Kind::close);
      }
    } else if (token.kind != NginxToken::Kind::semicolon) {
      throw NginxConfigError(tokens.place() + ": the directive " + name + " is not ended");
    }
    if (name == "include" && directive.arguments.size() == 1) {
      include(tokens, directive.arguments.front(), block, depth);
    } else {
      block.push_back(std::move(directive));
    }
  }

  void include(const NginxTokens& tokens, std::string pattern, NginxBlock& block, int depth) {
    // Relative to the main file's directory, whichever file includes.
    if (!pattern.starts_with('/')) {
      pattern = dump_.main.substr(0, dump_.main.rfind('/') + 1) + pattern;
    }
    bool found = false;
    for (const auto& [name, text] : dump_.files) {
      if (fnmatch(pattern.c_str(), name.c_str(), FNM_PATHNAME) != 0) continue;
      found = true;
      parse_file(name, block, depth + 1);
    }
    if (!found && pattern.find_first_of("*?[") == std::string::npos) {
      throw NginxConfigError(tokens.place() + ": the file " + pattern +
                             " is included but not there; give all that `nginx -T` prints");
    }
  }

  const Dump dump_;
  std::size_t directives_ = 0;
};

}  // namespace

NginxBlock parse_nginx_config(std::string_view dump) { return Parser(split(dump)).parse(); }

}  // namespace chat
