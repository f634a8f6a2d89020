#include "server/fastcgi.hpp"

#include <fastcgi.h>
#include <fcgiapp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <stdexcept>
#include <system_error>

namespace chat {
namespace {

// A request is at most 128 KiB of content with its headers; it is written in one go, so the socket
// must hold all of it.
constexpr int socket_buffer_bytes = 512 * 1024;

// The largest content that needs no padding to stay aligned to 8 bytes.
constexpr std::size_t max_record_content = 65'528;

std::string param(const FCGX_Request& request, const char* name) {
  const char* value = FCGX_GetParam(name, request.envp);
  return value == nullptr ? std::string() : std::string(value);
}

std::optional<std::string> optional_param(const FCGX_Request& request, const char* name) {
  const char* value = FCGX_GetParam(name, request.envp);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

// Up to and including the record that ends the stream.
std::string read_body(FCGX_Stream* in) {
  std::string body;
  std::array<char, 8192> chunk{};
  for (;;) {
    const int count = FCGX_GetStr(chunk.data(), static_cast<int>(chunk.size()), in);
    body.append(chunk.data(), static_cast<std::size_t>(std::max(count, 0)));
    if (count < static_cast<int>(chunk.size())) return body;
  }
}

// Releases everything but the descriptor, which is ours.
struct FreeRequest {
  void operator()(FCGX_Request* request) const { FCGX_Free(request, 0); }
};

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

std::string http_text(const Response& response) {
  std::string text = "Status: " + std::to_string(response.status) + ' ';
  text += reason_phrase(response.status);
  text += "\r\nContent-Type: ";
  text += response.content_type;
  text += "\r\nCache-Control: no-store\r\nContent-Length: ";
  text += std::to_string(response.body.size());
  text += "\r\n";
  for (const auto& [name, value] : response.headers) text += name + ": " + value + "\r\n";
  return text + "\r\n" + response.body;
}

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

// In records as large as may be, with the empty one that ends a stream.
void append_stream(std::string& records, int type, std::uint16_t request_id,
                   std::string_view content) {
  while (!content.empty()) {
    const std::string_view part = content.substr(0, max_record_content);
    append_record(records, type, request_id, part);
    content.remove_prefix(part.size());
  }
  append_record(records, type, request_id, {});
}

// The same request in the fewest records and without padding. libfcgi forgets the padding of
// BEGIN_REQUEST and of the end of PARAMS and takes it for the next record: the body is lost, or
// what was hidden there gets around RequestFrame.
std::string rewritten(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const auto request_id = static_cast<std::uint16_t>(byte(2) << 8 | byte(3));
  std::array<std::string, FCGI_MAXTYPE + 1> contents;
  while (!bytes.empty()) {
    const std::size_t content_length = static_cast<std::size_t>(byte(4)) << 8 | byte(5);
    contents.at(byte(1)) += bytes.substr(FCGI_HEADER_LEN, content_length);
    bytes.remove_prefix(FCGI_HEADER_LEN + content_length + byte(6));
  }
  std::string records;
  append_record(records, FCGI_BEGIN_REQUEST, request_id, contents[FCGI_BEGIN_REQUEST]);
  append_stream(records, FCGI_PARAMS, request_id, contents[FCGI_PARAMS]);
  append_stream(records, FCGI_STDIN, request_id, contents[FCGI_STDIN]);
  return records;
}

}  // namespace

void initialize_fastcgi() {
  if (FCGX_Init() != 0) throw std::runtime_error("libfcgi could not be initialized");
}

FastcgiParser::FastcgiParser() { open(); }

FastcgiParser::~FastcgiParser() { close_ends(); }

void FastcgiParser::open() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw std::system_error(errno, std::generic_category(), "socketpair");
  }
  feeding_end_ = ends[0];
  reading_end_ = ends[1];
  setsockopt(feeding_end_, SOL_SOCKET, SO_SNDBUF, &socket_buffer_bytes, sizeof socket_buffer_bytes);
}

void FastcgiParser::close_ends() {
  for (int* end : {&feeding_end_, &reading_end_}) {
    if (*end >= 0) close(*end);
    *end = -1;
  }
}

Request FastcgiParser::parse(std::string_view bytes) {
  if (feeding_end_ < 0) open();  // it could not be opened again after the last failure
  const std::string records = rewritten(bytes);
  const ssize_t fed =
      send(feeding_end_, records.data(), records.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (fed != static_cast<ssize_t>(records.size())) {
    drain();
    throw std::runtime_error("the request does not fit libfcgi's socket");
  }

  FCGX_Request parsed{};
  FCGX_InitRequest(&parsed, -1, FCGI_FAIL_ACCEPT_ON_INTR);
  const std::unique_ptr<FCGX_Request, FreeRequest> guard(&parsed);
  // fcgiapp.h asks to leave these alone: a request that has its connection already is parsed
  // without an accept. This file is the only place that depends on it.
  parsed.ipcFd = reading_end_;
  parsed.keepConnection = 1;
  parsed.detached = 1;
  // Params that are cut at the end of a pair still return success; the stream's error tells.
  if (FCGX_Accept_r(&parsed) != 0 || FCGX_GetError(parsed.in) != 0) {
    reading_end_ = parsed.ipcFd;  // -1 when libfcgi has closed it
    close_ends();
    open();
    throw std::runtime_error("libfcgi refused the request");
  }

  Request request;
  request.method = param(parsed, "REQUEST_METHOD");
  request.path = param(parsed, "DOCUMENT_URI");
  if (request.path.empty()) request.path = param(parsed, "SCRIPT_NAME");
  request.query_string = param(parsed, "QUERY_STRING");
  request.content_type = param(parsed, "CONTENT_TYPE");
  request.remote_user = param(parsed, "REMOTE_USER");
  request.request_id = param(parsed, "REQUEST_ID");
  request.prefer = optional_param(parsed, "HTTP_PREFER");
  request.idempotency_key = optional_param(parsed, "HTTP_IDEMPOTENCY_KEY");
  request.body = read_body(parsed.in);
  return request;
}

void FastcgiParser::drain() {
  std::array<char, 4096> ignored{};
  while (recv(reading_end_, ignored.data(), ignored.size(), MSG_DONTWAIT) > 0) {
  }
}

std::string encode_response(const Response& response, std::uint16_t request_id) {
  const std::string text = http_text(response);
  std::string records;
  records.reserve(text.size() + 64);
  append_stream(records, FCGI_STDOUT, request_id, text);
  constexpr std::string_view completed("\0\0\0\0\0\0\0\0", sizeof(FCGI_EndRequestBody));
  append_record(records, FCGI_END_REQUEST, request_id, completed);
  return records;
}

}  // namespace chat
