#include "bench/load/http_answer.hpp"

#include "catch.hpp"

using load::parse_answer;
using load::Parsed;
using State = load::Parsed::State;

namespace {

const std::string with_length =
    "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 5\r\nETag: \"7\"\r\n"
    "last-modified:Wed, 01 Jan 2025 00:00:00 GMT \r\nLINK: </messages>; rel=\"next\"\r\n\r\nhello";
const std::string in_chunks =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5\r\nhello\r\nB;name=value\r\n, everybody\r\n0\r\n\r\n";
const std::string without_body = "HTTP/1.1 304 Not Modified\r\nETag: 3\r\n\r\n";

}  // namespace

TEST_CASE("An answer is complete with its last byte and not before") {
  const std::string whole = GENERATE(with_length, in_chunks, without_body);
  std::string scratch;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    const Parsed parsed = parse_answer(std::string_view(whole).substr(0, size), scratch);
    CHECK(parsed.state == State::incomplete);
    // Who waits for as many bytes as it says neither stands still nor waits for too many.
    CHECK(parsed.size > size);
    CHECK(parsed.size <= whole.size());
  }
  const Parsed parsed = parse_answer(whole, scratch);
  CHECK(parsed.state == State::complete);
  CHECK(parsed.size == whole.size());
}

TEST_CASE("What follows an answer is not part of it") {
  const std::string whole = GENERATE(with_length, in_chunks, without_body);
  std::string scratch;
  const Parsed parsed = parse_answer(whole + "HTTP/1.1 200", scratch);
  CHECK(parsed.state == State::complete);
  CHECK(parsed.size == whole.size());
}

TEST_CASE("The headers that are needed are found however they are written") {
  std::string scratch;
  const auto answer = parse_answer(with_length, scratch).answer;
  CHECK(answer.status == 200);
  CHECK(answer.ok());
  CHECK(answer.etag == "\"7\"");
  CHECK(answer.last_modified == "Wed, 01 Jan 2025 00:00:00 GMT");
  CHECK(answer.link == "</messages>; rel=\"next\"");
  CHECK(answer.body == "hello");
  CHECK_FALSE(answer.closes);
}

TEST_CASE("Chunks become one body") {
  std::string scratch = "of the answer before";
  CHECK(parse_answer(in_chunks, scratch).answer.body == "hello, everybody");
}

TEST_CASE("One chunk is read where it lies") {
  std::string scratch = "untouched";
  const std::string text =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\nTrailer: x\r\n\r\n";
  CHECK(parse_answer(text, scratch).answer.body == "[]");
  CHECK(scratch == "untouched");
}

TEST_CASE("An answer says when its connection ends") {
  std::string scratch;
  const std::string text = GENERATE(
      std::string("HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
      std::string("HTTP/1.0 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"));
  const auto answer = parse_answer(text, scratch).answer;
  CHECK(answer.closes);
  CHECK(answer.status == 502);
  CHECK_FALSE(answer.ok());
}

TEST_CASE("What is not an answer is called malformed") {
  const std::string text =
      GENERATE(std::string("SSH-2.0-OpenSSH\r\n\r\n"), std::string("HTTP/1.1 2x0 OK\r\n\r\n"),
               std::string("HTTP/1.1 200 OK\r\n\r\n"), std::string("HTTP/1.1 200 OK\r\nx\r\n\r\n"),
               std::string("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
               std::string("HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\nhello"),
               std::string("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n"),
               std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"),
               std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcdefghij"));
  CAPTURE(text);
  std::string scratch;
  const Parsed parsed = parse_answer(text, scratch);
  CHECK(parsed.state == State::malformed);
  CHECK_FALSE(parsed.problem.empty());
}
