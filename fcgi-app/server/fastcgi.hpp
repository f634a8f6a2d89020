// FastCGI in and out. The only file that calls libfcgi is fastcgi.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/request.hpp"
#include "http/response.hpp"

namespace chat {

// Call once, before other threads start: libfcgi sets process-wide state and takes over SIGPIPE,
// SIGTERM and SIGUSR1, which the caller then sets as it needs them. Throws std::runtime_error.
void initialize_fastcgi();

// Parses with libfcgi, which reads from a file in memory and never sees the web server's socket.
// Only on the loop's thread.
class FastcgiParser {
 public:
  FastcgiParser();
  ~FastcgiParser();
  FastcgiParser(const FastcgiParser&) = delete;
  FastcgiParser& operator=(const FastcgiParser&) = delete;

  // `bytes` are one whole request that RequestFrame found complete, and its params text. The next
  // call overwrites the result, so that its strings keep their memory. Throws std::runtime_error
  // when libfcgi does not agree.
  const Request& parse(std::string_view bytes);

 private:
  void give_to_libfcgi(std::string_view records);
  void close_reading_end();

  int file_ = -1;
  char* memory_ = nullptr;  // the file's content
  int reading_end_ = -1;    // a second descriptor of the file: libfcgi closes what it cannot read
  Request request_;
};

enum class Body { sent, omitted };

// The answer as records of that request: STDOUT, its end, and END_REQUEST. A body that is omitted
// is still said to be as long as it is.
std::string encode_response(const Response& response, std::uint16_t request_id,
                            Body body = Body::sent);

// The same in three: what a stream begins with, what it goes on with, and its end.
std::string encode_head(const Response& response, std::uint16_t request_id);
std::string encode_piece(std::string_view text, std::uint16_t request_id);
std::string encode_end(std::uint16_t request_id);

}  // namespace chat
