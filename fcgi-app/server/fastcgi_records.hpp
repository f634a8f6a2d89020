// FastCGI records as bytes (FastCGI 1.0 specification, section 3.3).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace chat {

// Bytes as numbers, the first byte the greater.
inline std::uint8_t byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<std::uint8_t>(bytes[i]);
}
inline std::uint16_t uint16_at(std::string_view bytes, std::size_t i) {
  return static_cast<std::uint16_t>(byte_at(bytes, i) << 8 | byte_at(bytes, i + 1));
}

// `content` is at most 65,535 bytes; no padding.
void append_record(std::string& records, int type, std::uint16_t request_id,
                   std::string_view content);

// In records as large as may be.
void append_content(std::string& records, int type, std::uint16_t request_id,
                    std::string_view content);

// The same with the empty one that ends a stream.
void append_stream(std::string& records, int type, std::uint16_t request_id,
                   std::string_view content);

// A whole request without a body, after whose answer the connection is closed. Names and values are
// below 128 bytes.
std::string encode_request(
    std::initializer_list<std::pair<std::string_view, std::string_view>> params);

// The two below take one whole request that RequestFrame found complete.
//
// libfcgi forgets the padding of BEGIN_REQUEST and of the end of PARAMS and takes it for the next
// record: the body is lost, or what was hidden there gets around RequestFrame. nginx never pads
// those two.
bool has_padding_that_libfcgi_forgets(std::string_view request);

// The same request in the fewest records.
std::string without_padding(std::string_view request);

}  // namespace chat
