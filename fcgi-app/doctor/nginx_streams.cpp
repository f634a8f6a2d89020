#include "doctor/nginx_streams.hpp"

#include <algorithm>

namespace chat {
namespace {

// A worker says so itself of each stream, and nginx obeys unless it is told not to.
constexpr const char* said_by_workers = "X-Accel-Buffering";

bool is_deaf(const NginxDirective* ignored) { return has_argument(ignored, said_by_workers); }

bool compresses_events(const NginxScope& scope) {
  const NginxDirective* const types = scope.find("gzip_types");
  return scope.value("gzip", "off") == "on" &&
         (has_argument(types, "*") || has_argument(types, "text/event-stream"));
}

bool has_deaf_proxy(const NginxBlock& block) {
  return std::any_of(block.begin(), block.end(), [](const NginxDirective& directive) {
    const bool deaf = directive.name == "proxy_ignore_headers" && is_deaf(&directive);
    return deaf || has_deaf_proxy(directive.block);
  });
}

}  // namespace

void check_streams(const NginxScope& scope, Findings& findings) {
  if (is_deaf(scope.find("fastcgi_ignore_headers"))) {
    add_problem(findings,
                "nginx keeps the events of streams back (fastcgi_ignore_headers "
                "X-Accel-Buffering): their readers see them late, or never. Remove it from the "
                "location of /messages.");
  }
  if (compresses_events(scope)) {
    add_problem(findings,
                "nginx compresses streams of events (gzip_types), and keeps them back for it: "
                "their readers see them late. Do not name text/event-stream or * there.");
  }
}

void check_proxied_streams(const NginxBlock& config, Findings& findings) {
  if (!has_deaf_proxy(config)) return;
  add_problem(findings,
              "A proxy of this nginx keeps the events of streams back (proxy_ignore_headers "
              "X-Accel-Buffering). Remove it where the chat is behind it.");
}

}  // namespace chat
