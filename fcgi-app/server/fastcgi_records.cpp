#include "server/fastcgi_records.hpp"

#include <fastcgi.h>

#include <array>

namespace chat {
namespace {

// The largest content that needs no padding to stay aligned to 8 bytes.
constexpr std::size_t max_record_content = 65'528;

std::size_t content_length_of(std::string_view record) { return uint16_at(record, 4); }

std::size_t padding_length_of(std::string_view record) { return byte_at(record, 6); }

}  // namespace

void append_record(std::string& records, int type, std::uint16_t request_id,
                   std::string_view content) {
  const std::array<unsigned char, FCGI_HEADER_LEN> header = {
      FCGI_VERSION_1,
      static_cast<unsigned char>(type),
      static_cast<unsigned char>(request_id >> 8),
      static_cast<unsigned char>(request_id & 0xff),
      static_cast<unsigned char>(content.size() >> 8),
      static_cast<unsigned char>(content.size() & 0xff),
      0,
      0};
  records.append(reinterpret_cast<const char*>(header.data()), header.size());
  records += content;
}

void append_content(std::string& records, int type, std::uint16_t request_id,
                    std::string_view content) {
  while (!content.empty()) {
    const std::string_view part = content.substr(0, max_record_content);
    append_record(records, type, request_id, part);
    content.remove_prefix(part.size());
  }
}

void append_stream(std::string& records, int type, std::uint16_t request_id,
                   std::string_view content) {
  append_content(records, type, request_id, content);
  append_record(records, type, request_id, {});
}

std::string encode_request(
    std::initializer_list<std::pair<std::string_view, std::string_view>> params) {
  constexpr std::uint16_t request_id = 1;
  const std::string responder_that_closes = {0, FCGI_RESPONDER, 0, 0, 0, 0, 0, 0};
  std::string pairs;
  for (const auto& [name, value] : params) {
    pairs += static_cast<char>(name.size());
    pairs += static_cast<char>(value.size());
    pairs += name;
    pairs += value;
  }
  std::string request;
  append_record(request, FCGI_BEGIN_REQUEST, request_id, responder_that_closes);
  append_stream(request, FCGI_PARAMS, request_id, pairs);
  append_stream(request, FCGI_STDIN, request_id, {});
  return request;
}

bool has_padding_that_libfcgi_forgets(std::string_view request) {
  while (!request.empty()) {
    const std::size_t content = content_length_of(request);
    const std::size_t padding = padding_length_of(request);
    if (padding > 0 && (byte_at(request, 1) == FCGI_BEGIN_REQUEST || content == 0)) return true;
    request.remove_prefix(FCGI_HEADER_LEN + content + padding);
  }
  return false;
}

std::string without_padding(std::string_view request) {
  const std::uint16_t request_id = uint16_at(request, 2);
  std::array<std::string, FCGI_MAXTYPE + 1> contents;
  while (!request.empty()) {
    const std::size_t content = content_length_of(request);
    contents.at(byte_at(request, 1)) += request.substr(FCGI_HEADER_LEN, content);
    request.remove_prefix(FCGI_HEADER_LEN + content + padding_length_of(request));
  }
  std::string records;
  append_record(records, FCGI_BEGIN_REQUEST, request_id, contents[FCGI_BEGIN_REQUEST]);
  append_stream(records, FCGI_PARAMS, request_id, contents[FCGI_PARAMS]);
  append_stream(records, FCGI_STDIN, request_id, contents[FCGI_STDIN]);
  return records;
}

}  // namespace chat
