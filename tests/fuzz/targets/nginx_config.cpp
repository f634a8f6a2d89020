// The configuration that the doctor is given: its user's own, but whatever file he names.
#include "doctor/nginx_config.hpp"

#include "doctor/nginx_checks.hpp"
#include "doctor/nginx_scope.hpp"
#include "fuzz/target.hpp"

namespace chat::fuzz {
namespace {

void examine(std::string_view input) {
  parse_nginx_time(input);
  NginxBlock config;
  try {
    config = parse_nginx_config(input);
  } catch (const NginxConfigError& error) {
    require(!std::string_view(error.what()).empty(), "what is refused is refused for a reason");
    return;
  }
  const chat::Findings findings = check_nginx(config, 10'000);
  require(!findings.empty(), "something is said of every configuration");
  for (const auto& [kind, sentence] : findings) {
    require(sentence.ends_with('.'), "what is said is a sentence");
  }
}

const Registration registration("nginx_config", examine);

}  // namespace
}  // namespace chat::fuzz
