// One line for each event on standard error, as key=value. Under systemd each line begins with its
// priority (<4> and so on), which the journal takes off.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace chat {

enum class LogLevel { error = 3, warning = 4, info = 6, debug = 7 };

using LogField = std::pair<std::string_view, std::string>;  // the name is a literal
using LogFields = std::initializer_list<LogField>;

// Call once, before the first thread starts. Lines above `level` are dropped.
void set_log_level(LogLevel level);

// Safe from any thread: a line is one write. Never pass the text of a message. For what may fail
// again and again see failure_log.hpp.
void log_line(LogLevel level, std::string_view event, std::span<const LogField> fields);

inline void log_line(LogLevel level, std::string_view event, LogFields fields) {
  log_line(level, event, std::span(fields.begin(), fields.size()));
}
inline void log_error(std::string_view event, LogFields f) { log_line(LogLevel::error, event, f); }
inline void log_warning(std::string_view event, LogFields f) {
  log_line(LogLevel::warning, event, f);
}
inline void log_info(std::string_view event, LogFields f) { log_line(LogLevel::info, event, f); }
inline void log_debug(std::string_view event, LogFields f) { log_line(LogLevel::debug, event, f); }

}  // namespace chat
