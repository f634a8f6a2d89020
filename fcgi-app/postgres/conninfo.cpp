#include "postgres/conninfo.hpp"

#include <postgresql/libpq-fe.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace chat {
namespace {

struct Default {
  std::string_view keyword;
  const char* value;
};

// The server is taken for dead when it has not acknowledged anything for about ten seconds. Only
// TCP knows these; on a unix socket they do nothing.
constexpr Default defaults[] = {
    {"connect_timeout", "3"},       // seconds
    {"keepalives_idle", "4"},       // seconds
    {"keepalives_interval", "2"},   // seconds
    {"keepalives_count", "3"},      //
    {"tcp_user_timeout", "10000"},  // milliseconds
    {"application_name", "chat-worker"},
};

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;

Options parse(const std::string& conninfo) {
  char* reason = nullptr;
  Options options(PQconninfoParse(conninfo.c_str(), &reason));
  if (options) return options;
  std::string text = reason == nullptr ? "out of memory" : reason;
  PQfreemem(reason);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  throw std::invalid_argument(text);
}

// What the option is to be, and null when libpq may decide.
const char* value_of(const PQconninfoOption& option) {
  if (option.val != nullptr) return option.val;
  if (option.envvar != nullptr && std::getenv(option.envvar) != nullptr) return nullptr;
  for (const auto& [keyword, value] : defaults) {
    if (keyword == option.keyword) return value;
  }
  return nullptr;
}

std::string quoted(std::string_view value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + '\'';
}

}  // namespace

std::string with_default_timeouts(const std::string& conninfo) {
  const Options options = parse(conninfo);
  std::string result;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    const char* const value = value_of(*option);
    if (value == nullptr) continue;
    if (!result.empty()) result += ' ';
    result += std::string(option->keyword) + '=' + quoted(value);
  }
  return result;
}

}  // namespace chat
