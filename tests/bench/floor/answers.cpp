#include "bench/floor/answers.hpp"

#include <fastcgi.h>

#include <stdexcept>
#include <string_view>

#include "server/fastcgi_records.hpp"

namespace least {
namespace {

using namespace std::string_literals;
using chat::append_record;
using chat::append_stream;

constexpr int request_id = 1;  // nginx has one request on a connection at a time, and calls it so
constexpr std::size_t id_size = 36;
constexpr const char* status = "Status: 200 OK\r\nCache-Control: no-store\r\nContent-Type: ";

std::string whole_answer(const std::string& position, const std::string& body) {
  const std::string text = status + "application/json\r\nContent-Length: "s +
                           std::to_string(body.size()) + "\r\n" + position + "\r\n" + body;
  std::string records;
  append_stream(records, FCGI_STDOUT, request_id, text);
  append_record(records, FCGI_END_REQUEST, request_id, std::string(8, '\0'));
  return records;
}

std::string piece(const std::string& text) {
  std::string records;
  append_record(records, FCGI_STDOUT, request_id, text);
  return records;
}

}  // namespace

Answers::Answers(const std::string& message) {
  const std::string mark = "{\"id\":\"";
  if (!message.starts_with(mark)) throw std::runtime_error("a message begins with its id.");
  const std::string id = message.substr(mark.size(), id_size);
  const std::string position = "Chat-Position: " + id + "\r\nChat-Epoch: 0123456789abcdef\r\n";
  posted = whole_answer("ETag: \"" + id + "\"\r\n", message);
  nothing = whole_answer(position, "[]");
  page = whole_answer(position, "[" + message + "]");
  stream_head = piece(status + "text/event-stream\r\nX-Accel-Buffering: no\r\n\r\n"s +
                      "event: cursor\nid: " + id + "\ndata: {}\n\n");
  event = piece("id: " + id + "\ndata: " + message + "\n\n");
}

}  // namespace least
