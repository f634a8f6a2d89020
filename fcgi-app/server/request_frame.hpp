// Decides when a whole FastCGI request has arrived, and whether it may be shown to libfcgi.
//
// libfcgi blocks for ever on half a record, and a forged length or a management record can kill the
// process (CVE-2025-23016 and its remains). So it only ever sees what passed here: one
// BEGIN_REQUEST of a responder, then PARAMS, then STDIN, all of one request id, each stream ended
// by an empty record, and name-value lengths that add up. Padding may hold anything; FastcgiParser
// leaves it out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace chat {

class RequestFrame {
 public:
  enum class State { incomplete, complete, malformed, body_too_large };

  struct Limits {
    std::size_t params_bytes = 65'536;
    std::size_t body_bytes = 65'536;
    // With headers and padding: a body in padded records of one byte is sixteen times itself.
    std::size_t all_bytes = std::size_t{2} << 20;
  };

  explicit RequestFrame(const Limits& limits) : limits_(limits) {}

  // Looks at all bytes of the request so far; goes on where the last call stopped. Bytes after the
  // end of a request are malformed: nothing may follow before it is answered.
  State examine(std::string_view bytes);

  // Known once BEGIN_REQUEST was seen.
  [[nodiscard]] std::uint16_t request_id() const { return request_id_; }
  [[nodiscard]] bool keeps_connection() const { return keeps_connection_; }

  // Of a complete request: no param has a control character, except tabulators in values, and no
  // name an '='. libfcgi joins name and value to one C string, so that a NUL cuts it, and a name
  // that has an '=' is taken for another: what is not text must not be parsed.
  [[nodiscard]] bool params_are_text() const { return params_are_text_; }

 private:
  enum class Expects { begin, params, body, nothing };
  struct Record;

  State take(const Record& record);
  State take_begin(const Record& record);
  State take_params(const Record& record);
  State take_body(const Record& record);
  bool params_add_up();

  const Limits limits_;
  Expects expects_ = Expects::begin;
  std::size_t examined_ = 0;
  std::uint16_t request_id_ = 0;
  bool keeps_connection_ = false;
  std::string params_;
  bool params_are_text_ = true;
  std::size_t body_bytes_ = 0;
};

}  // namespace chat
