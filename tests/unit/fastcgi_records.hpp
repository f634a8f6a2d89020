// FastCGI as a web server writes it: the records of a request, and the text of an answer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chat::test {

// The numbers of the FastCGI 1.0 specification.
inline constexpr int begin_request_type = 1;
inline constexpr int end_request_type = 3;
inline constexpr int params_type = 4;
inline constexpr int stdin_type = 5;
inline constexpr int stdout_type = 6;
inline constexpr int get_values_type = 9;
inline constexpr std::size_t record_header_bytes = 8;
inline constexpr std::size_t max_record_bytes = 65'535;

inline std::string record(int type, std::string_view content, std::uint16_t id = 1,
                          std::size_t padding = 0) {
  const auto byte = [](std::size_t value) { return static_cast<char>(value & 0xff); };
  std::string bytes = {'\1',
                       byte(static_cast<std::size_t>(type)),
                       byte(id >> 8U),
                       byte(id),
                       byte(content.size() >> 8U),
                       byte(content.size()),
                       byte(padding),
                       '\0'};
  bytes += content;
  bytes.append(padding, '\xee');
  return bytes;
}

inline std::string begin_record(std::uint16_t id = 1, bool keep = true, int role = 1) {
  const std::string content = {'\0', static_cast<char>(role), keep ? '\1' : '\0', 0, 0, 0, 0, 0};
  return record(begin_request_type, content, id);
}

// A stream as records of at most `chunk` bytes, and its end.
inline std::string stream(int type, std::string_view content, std::uint16_t id = 1,
                          std::size_t chunk = max_record_bytes) {
  std::string records;
  for (; !content.empty(); content.remove_prefix(std::min(chunk, content.size()))) {
    records += record(type, content.substr(0, chunk), id);
  }
  return records + record(type, {}, id);
}

inline std::string long_length(std::uint32_t length) {
  return {static_cast<char>(length >> 24U | 0x80U), static_cast<char>(length >> 16U),
          static_cast<char>(length >> 8U), static_cast<char>(length)};
}

inline std::string length_of(std::string_view text) {
  if (text.size() < 0x80) return {static_cast<char>(text.size())};
  return long_length(static_cast<std::uint32_t>(text.size()));
}

inline std::string pair(std::string_view name, std::string_view value) {
  return length_of(name) + length_of(value) + std::string(name) + std::string(value);
}

using Params = std::vector<std::pair<std::string, std::string>>;

inline std::string pairs(const Params& params) {
  std::string bytes;
  for (const auto& [name, value] : params) bytes += pair(name, value);
  return bytes;
}

inline std::string request(const Params& params, std::string_view body = {}, std::uint16_t id = 1,
                           bool keep = true) {
  return begin_record(id, keep) + stream(params_type, pairs(params), id) +
         stream(stdin_type, body, id);
}

struct Answer {
  std::string text;        // all of STDOUT
  std::vector<int> types;  // of all records
  std::vector<std::size_t> sizes;
  std::vector<std::uint16_t> ids;
  std::size_t bytes = 0;  // used; 0 when the answer is not complete
};

// Takes one answer off the front of what a worker has written.
inline Answer parse_answer(std::string_view bytes) {
  Answer answer;
  std::size_t at = 0;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[at + i]); };
  while (bytes.size() - at >= record_header_bytes) {
    const std::size_t size = byte(4) << 8U | byte(5);
    const std::size_t whole = record_header_bytes + size + byte(6);
    if (bytes.size() - at < whole) return answer;
    answer.types.push_back(byte(1));
    answer.ids.push_back(static_cast<std::uint16_t>(byte(2) << 8U | byte(3)));
    answer.sizes.push_back(size);
    if (byte(1) == stdout_type) answer.text += bytes.substr(at + record_header_bytes, size);
    at += whole;
    if (answer.types.back() == end_request_type) {
      answer.bytes = at;
      return answer;
    }
  }
  return answer;
}

}  // namespace chat::test
