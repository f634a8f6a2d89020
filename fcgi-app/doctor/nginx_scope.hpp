// A location of nginx's configuration, and what holds in it.
#pragma once

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "doctor/nginx_config.hpp"

namespace chat {

// The first directive of that name in the block itself; null when there is none.
const NginxDirective* find_directive(const NginxBlock& block, std::string_view name);

// Its first argument; `otherwise` when it is not there or has none.
std::string argument_of(const NginxDirective* directive, const std::string& otherwise);

// Whether it is among its arguments; false when there is no directive.
bool has_argument(const NginxDirective* directive, std::string_view argument);

// A location and the blocks around it, the outermost first. Points into a configuration that must
// outlive it.
class NginxScope {
 public:
  // The locations that hand this path to FastCGI, below a path of another site too, whatever
  // their files and upstreams are called.
  static std::vector<NginxScope> handing_over(const NginxBlock& config, const std::string& path);
  // The location in the same server of what lies beside it: "page.js" beside /chat/messages.
  [[nodiscard]] std::optional<NginxScope> beside(const std::string& name) const;

  // Inherited: the innermost block that has such a directive decides.
  [[nodiscard]] const NginxDirective* find(std::string_view name) const;
  // All directives of that name in that block.
  [[nodiscard]] std::vector<const NginxDirective*> find_all(std::string_view name) const;
  // The same for directives that are one list: in the order in which they stand.
  [[nodiscard]] std::vector<const NginxDirective*> find_rules(
      std::initializer_list<std::string_view> names) const;
  // Those of all blocks around, the outermost first: for what does not take the place of what is
  // further out, such as map.
  [[nodiscard]] std::vector<const NginxDirective*> every(std::string_view name) const;
  [[nodiscard]] std::string value(std::string_view name, const std::string& otherwise) const;

  // In the location itself.
  [[nodiscard]] const NginxDirective* own(std::string_view name) const {
    return find_directive(*blocks_.back(), name);
  }

 private:
  static std::optional<NginxScope> in_server(const NginxBlock& http, const NginxBlock& server,
                                             const std::string& path);

  std::vector<const NginxBlock*> blocks_;
  std::string path_;
};

// 65, 65s, 1m5s, 500ms. Empty when it is no time.
std::optional<std::chrono::milliseconds> parse_nginx_time(std::string_view text);

// A plain number; empty when it is none.
std::optional<std::size_t> parse_nginx_number(std::string_view text);

}  // namespace chat
