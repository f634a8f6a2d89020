#include "bench/load/event_stream.hpp"

#include <charconv>
#include <utility>

namespace load {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view line_end = "\r\n";
constexpr std::string_view head_end = "\r\n\r\n";
constexpr std::string_view status_ok = "HTTP/1.1 200 ";
constexpr std::size_t status_at = 9;

// Whether the line is of that field; takes name, colon and blank off it.
bool is_field(std::string_view& line, std::string_view name) {
  if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ':') {
    return false;
  }
  line.remove_prefix(name.size() + 1);
  if (line.starts_with(' ')) line.remove_prefix(1);
  return true;
}

}  // namespace

bool EventStream::take(std::string_view bytes, Listener& listener) {
  const std::string held = rest_.empty() ? std::string() : std::exchange(rest_, {}).append(bytes);
  if (!held.empty()) bytes = held;
  if (form_ == Form::unknown) bytes.remove_prefix(take_head(bytes, listener));
  if (form_ == Form::plain) {
    take_text(bytes, listener);
    bytes = {};
  }
  if (form_ == Form::chunked) bytes.remove_prefix(take_chunks(bytes, listener));
  if (problem_.empty()) rest_.assign(bytes);
  return problem_.empty();
}

// These return how much of the bytes was used.
std::size_t EventStream::take_head(std::string_view bytes, Listener& listener) {
  const auto end = bytes.find(head_end);
  if (end == npos) return 0;
  const auto head = bytes.substr(0, end);
  if (!head.starts_with(status_ok)) {
    problem_ = "status " + std::string(head.substr(status_at, 3));
  } else if (head.find("Content-Type: text/event-stream") == npos) {
    problem_ = "what was answered is no stream of events";
  } else {
    form_ = head.find("Transfer-Encoding: chunked") == npos ? Form::plain : Form::chunked;
    listener.began();
  }
  return end + head_end.size();
}

std::size_t EventStream::take_chunks(std::string_view bytes, Listener& listener) {
  std::size_t used = 0;
  for (;;) {
    const auto left = bytes.substr(used);
    const auto end = left.find(line_end);
    if (end == npos) return used;
    std::size_t size = 0;
    const auto [stopped, error] = std::from_chars(left.data(), left.data() + end, size, 16);
    if (error != std::errc() || stopped != left.data() + end) {
      problem_ = "the size of a chunk is not a number";
    } else if (size == 0) {
      problem_ = "the stream has ended";
    }
    if (!problem_.empty()) return used;
    const auto begin = end + line_end.size();
    if (left.size() < begin + size + line_end.size()) return used;
    take_text(left.substr(begin, size), listener);
    used += begin + size + line_end.size();
  }
}

void EventStream::take_text(std::string_view text, Listener& listener) {
  const std::string held = event_.empty() ? std::string() : std::exchange(event_, {}).append(text);
  if (!held.empty()) text = held;
  for (auto end = text.find("\n\n"); end != npos; end = text.find("\n\n")) {
    take_event(text.substr(0, end + 1), listener);
    text.remove_prefix(end + 2);
  }
  event_.assign(text);
}

void EventStream::take_event(std::string_view event, Listener& listener) {
  std::string_view id;
  std::string_view data;
  while (!event.empty()) {
    auto line = event.substr(0, event.find('\n'));
    event.remove_prefix(line.size() + 1);
    if (is_field(line, "event")) return;
    if (is_field(line, "id")) {
      id = line;
    } else if (is_field(line, "data")) {
      data = line;
    }
  }
  if (!data.empty()) listener.message(id, data);
}

}  // namespace load
