#include "server/fastcgi.hpp"

#include <fastcgi.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <system_error>

#include "server/fastcgi_records.hpp"
#include "server/request_frame.hpp"

namespace chat {
namespace {

// More than any request that RequestFrame lets pass; only what is used takes memory.
constexpr std::size_t file_bytes = RequestFrame::Limits{}.all_bytes + FCGI_HEADER_LEN;

// Which param is which member of a Request.
struct Param {
  std::string_view name;
  std::string Request::*member;
};
constexpr std::array<Param, 6> known_params = {{
    {"REQUEST_METHOD", &Request::method},
    {"DOCUMENT_URI", &Request::path},
    {"QUERY_STRING", &Request::query_string},
    {"CONTENT_TYPE", &Request::content_type},
    {"REMOTE_USER", &Request::remote_user},
    {"REQUEST_ID", &Request::request_id},
}};

struct OptionalParam {
  std::string_view name;
  std::optional<std::string> Request::*member;
};
constexpr std::array<OptionalParam, 6> known_optional_params = {{
    {"HTTP_ACCEPT", &Request::accept},
    {"HTTP_LAST_EVENT_ID", &Request::last_event_id},
    {"HTTP_PREFER", &Request::prefer},
    {"HTTP_IDEMPOTENCY_KEY", &Request::idempotency_key},
    {"HTTP_CHAT_EDIT_KEY", &Request::edit_key},
    {"HTTP_IF_MATCH", &Request::if_match},
}};

void take_param(Request& request, std::string_view name, std::string_view value) {
  for (const Param& known : known_params) {
    if (known.name == name) request.*known.member = value;
  }
  for (const OptionalParam& known : known_optional_params) {
    if (known.name != name) continue;
    auto& member = request.*known.member;
    member = member ? std::string(value) + ", " + *member : std::string(value);
  }
}

void clear(Request& request) {
  for (const Param& known : known_params) (request.*known.member).clear();
  for (const OptionalParam& known : known_optional_params) (request.*known.member).reset();
  request.body.clear();
}

// One pass over the params. Backwards, for of a name that is there twice the first counts; headers
// that stand on several lines are one, which nginx joins since 1.23 (RFC 9110, 5.3).
void take_params(Request& request, FCGX_ParamArray params) {
  clear(request);
  FCGX_ParamArray end = params;
  while (*end != nullptr) ++end;
  std::string_view script_name;
  while (end != params) {
    const std::string_view pair(*--end);
    const std::size_t equals = pair.find('=');
    const std::string_view name = pair.substr(0, equals);
    const std::string_view value = pair.substr(equals + 1);
    take_param(request, name, value);
    if (name == "SCRIPT_NAME") script_name = value;
  }
  if (request.path.empty()) request.path = script_name;
}

// Up to and including the record that ends the stream.
void take_body(Request& request, FCGX_Stream* in) {
  std::array<char, 8192> chunk;
  int count = 0;
  do {
    count = FCGX_GetStr(chunk.data(), static_cast<int>(chunk.size()), in);
    request.body.append(chunk.data(), static_cast<std::size_t>(std::max(count, 0)));
  } while (count == static_cast<int>(chunk.size()));
}

// Releases everything but the descriptor, which is ours.
struct FreeRequest {
  void operator()(FCGX_Request* request) const { FCGX_Free(request, 0); }
};

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
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

std::string http_text(const Response& response, Body body) {
  std::string text = "Status: " + std::to_string(response.status) + ' ';
  text += reason_phrase(response.status);
  // RFC 9110, 8.6 and 15.3.5: an answer that has no content has no length either.
  const bool has_content = response.status != 204;
  if (has_content) {
    text += "\r\nContent-Type: ";
    text += response.content_type;
  }
  text += "\r\nCache-Control: no-store\r\n";
  if (has_content && !response.stream)
    text += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
  for (const auto& [name, value] : response.headers) text += name + ": " + value + "\r\n";
  text += "\r\n";
  if (body == Body::sent) text += response.body;
  return text;
}

}  // namespace

void initialize_fastcgi() {
  if (FCGX_Init() != 0) throw std::runtime_error("libfcgi could not be initialized");
}

FastcgiParser::FastcgiParser() {
  file_ = memfd_create("fastcgi-request", MFD_CLOEXEC);
  if (file_ < 0 || ftruncate(file_, file_bytes) != 0) {
    throw std::system_error(errno, std::generic_category(), "memfd_create");
  }
  void* const memory = mmap(nullptr, file_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
  if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
  memory_ = static_cast<char*>(memory);
}

FastcgiParser::~FastcgiParser() {
  close_reading_end();
  munmap(memory_, file_bytes);
  close(file_);
}

const Request& FastcgiParser::parse(std::string_view bytes) {
  if (has_padding_that_libfcgi_forgets(bytes)) {
    give_to_libfcgi(without_padding(bytes));
  } else {
    give_to_libfcgi(bytes);
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
    close_reading_end();
    throw std::runtime_error("libfcgi refused the request");
  }
  take_params(request_, parsed.envp);
  take_body(request_, parsed.in);
  return request_;
}

// libfcgi reads descriptors alone. A file in memory costs a fifth of what a pair of sockets does,
// and is never full.
void FastcgiParser::give_to_libfcgi(std::string_view records) {
  if (records.size() + FCGI_HEADER_LEN > file_bytes) {
    throw std::runtime_error("the request does not fit libfcgi's file");
  }
  if (reading_end_ < 0) reading_end_ = fcntl(file_, F_DUPFD_CLOEXEC, 3);
  if (reading_end_ < 0 || lseek(reading_end_, 0, SEEK_SET) != 0) {
    throw std::system_error(errno, std::generic_category(), "a request for libfcgi");
  }
  std::memcpy(memory_, records.data(), records.size());
  // What is left of a longer request is not reached: no record has the version 0.
  std::memset(memory_ + records.size(), 0, FCGI_HEADER_LEN);
}

void FastcgiParser::close_reading_end() {
  if (reading_end_ >= 0) close(reading_end_);
  reading_end_ = -1;
}

std::string encode_response(const Response& response, std::uint16_t request_id, Body body) {
  const std::string text = http_text(response, body);
  std::string records;
  records.reserve(text.size() + 64);
  append_content(records, FCGI_STDOUT, request_id, text);
  return records += encode_end(request_id);
}

std::string encode_head(const Response& response, std::uint16_t request_id) {
  return encode_piece(http_text(response, Body::omitted), request_id);
}

std::string encode_piece(std::string_view text, std::uint16_t request_id) {
  std::string records;
  append_content(records, FCGI_STDOUT, request_id, text);
  return records;
}

std::string encode_end(std::uint16_t request_id) {
  std::string records;
  append_stream(records, FCGI_STDOUT, request_id, {});
  constexpr std::string_view completed("\0\0\0\0\0\0\0\0", sizeof(FCGI_EndRequestBody));
  append_record(records, FCGI_END_REQUEST, request_id, completed);
  return records;
}

}  // namespace chat
