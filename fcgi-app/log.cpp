#include "log.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace chat {
namespace {

LogLevel max_level = LogLevel::info;

// systemd sets it when standard error goes to the journal.
bool writes_to_journal() {
  static const bool journal = std::getenv("JOURNAL_STREAM") != nullptr;
  return journal;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

bool is_plain(char c) { return !is_control(c) && c != ' ' && c != '"' && c != '='; }

// Quoted where it must be, so that a value can neither break its line nor pretend to be a field.
void append_value(std::string& line, std::string_view value) {
  if (!value.empty() && std::all_of(value.begin(), value.end(), is_plain)) {
    line += value;
    return;
  }
  line += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') line += '\\';
    line += is_control(c) ? ' ' : c;
  }
  line += '"';
}

}  // namespace

void set_log_level(LogLevel level) { max_level = level; }

void log_line(LogLevel level, std::string_view event, std::span<const LogField> fields) {
  if (level > max_level) return;
  std::string line;
  if (writes_to_journal()) line += "<" + std::to_string(static_cast<int>(level)) + ">";
  line += "event=";
  append_value(line, event);
  for (const auto& [key, value] : fields) {
    line += ' ';
    line += key;
    line += '=';
    append_value(line, value);
  }
  line += '\n';
  // Nobody is left to tell when standard error is gone.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace chat
