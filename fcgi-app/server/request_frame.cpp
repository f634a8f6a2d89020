#include "server/request_frame.hpp"

#include <fastcgi.h>

#include <algorithm>

#include "server/fastcgi_records.hpp"

namespace chat {

// One record of the protocol; the numbers are those of the FastCGI 1.0 specification, section 3.3.
struct RequestFrame::Record {
  std::uint8_t type;
  std::uint16_t request_id;
  std::string_view content;
};

namespace {

// Takes a length off the front: one byte, or four with the top bit set. False when it is cut.
bool take_length(std::string_view& params, std::size_t& length) {
  if (params.empty()) return false;
  length = byte_at(params, 0);
  if (length < 0x80) {
    params.remove_prefix(1);
    return true;
  }
  if (params.size() < 4) return false;
  length = (length & 0x7f) << 24 | static_cast<std::size_t>(byte_at(params, 1)) << 16 |
           uint16_at(params, 2);
  params.remove_prefix(4);
  return true;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

bool is_name_of_param(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return is_control(c) || c == '='; });
}

bool is_value_of_param(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return is_control(c) && c != '\t'; });
}

}  // namespace

RequestFrame::State RequestFrame::examine(std::string_view bytes) {
  if (bytes.size() > limits_.all_bytes) return State::malformed;
  while (expects_ != Expects::nothing && bytes.size() - examined_ >= FCGI_HEADER_LEN) {
    const std::string_view header = bytes.substr(examined_, FCGI_HEADER_LEN);
    const std::size_t content_length = uint16_at(header, 4);
    const std::size_t record_length = FCGI_HEADER_LEN + content_length + byte_at(header, 6);
    if (byte_at(header, 0) != FCGI_VERSION_1) return State::malformed;
    if (bytes.size() - examined_ < record_length) return State::incomplete;

    const Record record{byte_at(header, 1), uint16_at(header, 2),
                        bytes.substr(examined_ + FCGI_HEADER_LEN, content_length)};
    examined_ += record_length;
    if (const State state = take(record); state != State::incomplete) return state;
  }
  if (expects_ != Expects::nothing) return State::incomplete;
  return bytes.size() == examined_ ? State::complete : State::malformed;
}

RequestFrame::State RequestFrame::take(const Record& record) {
  if (expects_ == Expects::begin) return take_begin(record);
  if (record.request_id != request_id_) return State::malformed;
  if (expects_ == Expects::params && record.type == FCGI_PARAMS) return take_params(record);
  if (expects_ == Expects::body && record.type == FCGI_STDIN) return take_body(record);
  return State::malformed;
}

RequestFrame::State RequestFrame::take_begin(const Record& record) {
  const bool valid = record.type == FCGI_BEGIN_REQUEST && record.request_id != 0 &&
                     record.content.size() == sizeof(FCGI_BeginRequestBody) &&
                     uint16_at(record.content, 0) == FCGI_RESPONDER;
  if (!valid) return State::malformed;
  request_id_ = record.request_id;
  keeps_connection_ = (byte_at(record.content, 2) & FCGI_KEEP_CONN) != 0;
  expects_ = Expects::params;
  return State::incomplete;
}

RequestFrame::State RequestFrame::take_params(const Record& record) {
  if (record.content.empty()) {
    expects_ = Expects::body;
    return params_add_up() ? State::incomplete : State::malformed;
  }
  params_ += record.content;
  return params_.size() <= limits_.params_bytes ? State::incomplete : State::malformed;
}

RequestFrame::State RequestFrame::take_body(const Record& record) {
  if (record.content.empty()) {
    expects_ = Expects::nothing;
    return State::incomplete;
  }
  body_bytes_ += record.content.size();
  return body_bytes_ <= limits_.body_bytes ? State::incomplete : State::body_too_large;
}

bool RequestFrame::params_add_up() {
  std::string_view rest = params_;
  while (!rest.empty()) {
    std::size_t name = 0;
    std::size_t value = 0;
    if (!take_length(rest, name) || !take_length(rest, value)) return false;
    if (name + value > rest.size()) return false;
    params_are_text_ = params_are_text_ && is_name_of_param(rest.substr(0, name)) &&
                       is_value_of_param(rest.substr(name, value));
    rest.remove_prefix(name + value);
  }
  return true;
}

}  // namespace chat
