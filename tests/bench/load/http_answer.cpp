#include "bench/load/http_answer.hpp"

#include <strings.h>

#include <charconv>

namespace load {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view head_end = "\r\n\r\n";
constexpr std::size_t largest_head = 64 << 10;
constexpr std::size_t largest_body = 1 << 30;
constexpr auto npos = std::string_view::npos;

Parsed incomplete(std::size_t wanted) { return {Parsed::State::incomplete, wanted, {}, {}}; }

Parsed malformed(std::string_view problem) { return {Parsed::State::malformed, 0, {}, problem}; }

bool same_word(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The whole text has to be a number of that base.
bool read_size(std::string_view text, int base, std::size_t& size) {
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, size, base);
  return error == std::errc() && stopped == end && size <= largest_body;
}

struct Head {
  Answer answer;
  bool chunked = false;
  bool has_length = false;
  bool valid = true;
  std::size_t length = 0;
};

void take_header(std::string_view name, std::string_view value, Head& head) {
  // The length tells most names apart before any letter is compared.
  switch (name.size()) {
    case 4:
      if (same_word(name, "etag")) head.answer.etag = value;
      if (same_word(name, "link")) head.answer.link = value;
      break;
    case 10:
      if (same_word(name, "connection")) head.answer.closes = same_word(value, "close");
      break;
    case 13:
      if (same_word(name, "last-modified")) head.answer.last_modified = value;
      break;
    case 14:
      if (!same_word(name, "content-length")) break;
      head.has_length = true;
      head.valid = head.valid && read_size(value, 10, head.length);
      break;
    case 17:
      if (same_word(name, "transfer-encoding")) head.chunked = same_word(value, "chunked");
      break;
    default:
      break;
  }
}

// `text` is the head with its last line's end.
Head read_head(std::string_view text) {
  Head head;
  std::size_t status = 0;
  head.valid = text.starts_with("HTTP/1.") && text.size() > 12 && text[8] == ' ' &&
               read_size(text.substr(9, 3), 10, status);
  head.answer.status = static_cast<int>(status);
  head.answer.closes = text.starts_with("HTTP/1.0");
  for (auto at = text.find(line_end) + 2; at < text.size() && head.valid;) {
    const auto end = text.find(line_end, at);
    const auto line = text.substr(at, end - at);
    const auto colon = line.find(':');
    head.valid = colon != npos;
    if (head.valid) take_header(line.substr(0, colon), trimmed(line.substr(colon + 1)), head);
    at = end + 2;
  }
  return head;
}

Parsed complete(const Answer& answer, std::size_t size) {
  return {Parsed::State::complete, size, answer, {}};
}

// The trailer's lines end with an empty one; a body has hardly ever any.
Parsed end_of_chunks(std::string_view bytes, std::size_t at, const Answer& answer) {
  for (;;) {
    const auto end = bytes.find(line_end, at);
    if (end == npos) return incomplete(bytes.size() + 1);
    if (end == at) return complete(answer, end + 2);
    at = end + 2;
  }
}

Parsed read_chunks(std::string_view bytes, std::size_t at, Answer answer, std::string& scratch) {
  bool copied = false;
  for (;;) {
    const auto end = bytes.find(line_end, at);
    if (end == npos) return incomplete(bytes.size() + 1);
    const auto line = bytes.substr(at, end - at);
    std::size_t size = 0;
    if (!read_size(trimmed(line.substr(0, line.find(';'))), 16, size)) {
      return malformed("The size of a chunk is not a number.");
    }
    at = end + 2;
    if (size == 0) return end_of_chunks(bytes, at, answer);
    // After a chunk comes a line's end, and then at least the last chunk, which is "0\r\n\r\n".
    if (bytes.size() < at + size + 7) return incomplete(at + size + 7);
    if (bytes.substr(at + size, 2) != line_end) {
      return malformed("A chunk is longer than it says.");
    }
    const auto chunk = bytes.substr(at, size);
    // Only a second chunk makes a copy necessary.
    if (answer.body.empty()) {
      answer.body = chunk;
    } else {
      if (!copied) scratch.assign(answer.body);
      copied = true;
      scratch.append(chunk);
      answer.body = scratch;
    }
    at += size + 2;
  }
}

}  // namespace

Parsed parse_answer(std::string_view bytes, std::string& scratch) {
  const auto end = bytes.find(head_end);
  if (end == npos) {
    if (bytes.size() > largest_head) return malformed("The head of the answer has no end.");
    return incomplete(bytes.size() + 1);
  }
  const Head head = read_head(bytes.substr(0, end + 2));
  if (!head.valid) return malformed("The head of the answer is not HTTP/1.1.");
  const std::size_t body_at = end + head_end.size();
  const int status = head.answer.status;
  if (status == 204 || status == 304) return complete(head.answer, body_at);
  if (head.chunked) return read_chunks(bytes, body_at, head.answer, scratch);
  if (!head.has_length) return malformed("The answer does not say how long it is.");
  if (bytes.size() < body_at + head.length) return incomplete(body_at + head.length);
  Answer answer = head.answer;
  answer.body = bytes.substr(body_at, head.length);
  return complete(answer, body_at + head.length);
}

}  // namespace load
