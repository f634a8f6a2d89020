#include "server/request_frame.hpp"

#include "catch.hpp"
#include "fastcgi_records.hpp"

using namespace chat;
using namespace chat::test;
using State = RequestFrame::State;

namespace {

const Params some_params = {{"REQUEST_METHOD", "POST"}, {"QUERY_STRING", std::string(300, 'q')}};

State examine(const std::string& bytes) { return RequestFrame({}).examine(bytes); }

std::string with_params(const std::string& params) {
  return begin_record() + stream(params_type, params) + stream(stdin_type, {});
}

}  // namespace

TEST_CASE("A whole request is complete and tells its id and whether the connection is kept") {
  RequestFrame frame({});

  CHECK(frame.examine(request(some_params, "body", 258, true)) == State::complete);
  CHECK(frame.request_id() == 258);
  CHECK(frame.keeps_connection());

  RequestFrame other({});
  CHECK(other.examine(request(some_params, "body", 1, false)) == State::complete);
  CHECK_FALSE(other.keeps_connection());
}

TEST_CASE("A request that arrives byte by byte is complete at its last byte") {
  const std::string bytes = request(some_params, "body");
  RequestFrame frame({});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    if (frame.examine(bytes.substr(0, size)) != State::incomplete) FAIL("at byte " << size);
  }
  CHECK(frame.examine(bytes) == State::complete);
}

TEST_CASE("A request that is nearly all padding is cut off") {
  std::string bytes = begin_record() + stream(params_type, pairs(some_params));
  while (bytes.size() <= (std::size_t{2} << 20)) bytes += record(stdin_type, "x", 1, 255);
  CHECK(examine(bytes) == State::malformed);
  bytes.resize(std::size_t{2} << 20);
  CHECK(examine(bytes) == State::incomplete);
}

TEST_CASE("Every truncation of a request is incomplete") {
  const std::string bytes = request(some_params, "body");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    CHECK(examine(bytes.substr(0, size)) == State::incomplete);
  }
}

TEST_CASE("A request without params and without a body is complete") {
  CHECK(examine(request({})) == State::complete);
}

TEST_CASE("Params and a body may come in many records") {
  CHECK(examine(begin_record() + stream(params_type, pairs(some_params), 1, 1) +
                stream(stdin_type, "a longer body", 1, 2)) == State::complete);
}

TEST_CASE("Padding belongs to its record, the last one's too") {
  const std::string padded = begin_record() + record(params_type, pairs(some_params), 1, 255) +
                             record(params_type, {}, 1, 7) + record(stdin_type, "body", 1, 4) +
                             record(stdin_type, {}, 1, 8);
  CHECK(examine(padded) == State::complete);
  CHECK(examine(padded.substr(0, padded.size() - 1)) == State::incomplete);
}

TEST_CASE("Bytes after the end of a request are malformed") {
  const std::string bytes = request(some_params);
  CHECK(examine(bytes + "x") == State::malformed);
  CHECK(examine(bytes + bytes) == State::malformed);

  RequestFrame frame({});
  REQUIRE(frame.examine(bytes) == State::complete);
  CHECK(frame.examine(bytes + "x") == State::malformed);
}

TEST_CASE("Records in another order than BEGIN, PARAMS, STDIN are malformed") {
  const std::string params = stream(params_type, pairs(some_params));
  const std::string body = stream(stdin_type, "body");
  CHECK(examine(params + begin_record() + body) == State::malformed);
  CHECK(examine(begin_record() + body + params) == State::malformed);
  CHECK(examine(begin_record() + begin_record() + params + body) == State::malformed);
  CHECK(examine(begin_record() + params + params + body) == State::malformed);
  CHECK(examine(begin_record() + record(params_type, pairs(some_params)) + body) ==
        State::malformed);
  CHECK(examine(body) == State::malformed);
}

TEST_CASE("A record of another request is malformed") {
  const std::string params = pairs(some_params);
  CHECK(examine(begin_record(1) + stream(params_type, params, 2)) == State::malformed);
  CHECK(examine(begin_record(1) + stream(params_type, params, 1) +
                stream(stdin_type, "body", 257)) == State::malformed);
  CHECK(examine(begin_record(1) + record(params_type, params, 1) + record(params_type, {}, 0)) ==
        State::malformed);
}

TEST_CASE("The null request id is malformed") {
  CHECK(examine(request(some_params, "body", 0)) == State::malformed);
}

TEST_CASE("Management records never pass") {
  const std::string values = record(get_values_type, pair("FCGI_MAX_CONNS", ""), 0);
  CHECK(examine(values) == State::malformed);
  CHECK(examine(begin_record() + values) == State::malformed);
  CHECK(examine(begin_record() + record(get_values_type, pair("FCGI_MAX_CONNS", ""), 1)) ==
        State::malformed);
  CHECK(examine(begin_record() + stream(params_type, {}) + values) == State::malformed);
}

TEST_CASE("Every record type that a request does not have is malformed") {
  const int type = GENERATE(0, 2, 3, 6, 7, 8, 9, 10, 11, 12, 255);
  CAPTURE(type);
  CHECK(examine(record(type, "content")) == State::malformed);
  CHECK(examine(begin_record() + record(type, "content")) == State::malformed);
  CHECK(examine(begin_record() + stream(params_type, {}) + record(type, "content")) ==
        State::malformed);
}

TEST_CASE("Only a responder's request is served") {
  CHECK(examine(begin_record(1, true, 2)) == State::malformed);
  CHECK(examine(begin_record(1, true, 3)) == State::malformed);
  CHECK(examine(record(begin_request_type, std::string("\0\1\0\0\0\0\0", 7))) == State::malformed);
  CHECK(examine(record(begin_request_type, std::string("\0\1\0\0\0\0\0\0\0", 9))) ==
        State::malformed);
}

TEST_CASE("Another version of the protocol is malformed before its record has arrived") {
  std::string bytes = begin_record();
  bytes[0] = '\2';
  CHECK(examine(bytes) == State::malformed);
  CHECK(examine("GET / HTTP/1.1\r\n") == State::malformed);
  CHECK(examine(begin_record() + std::string(8, '\0')) == State::malformed);
}

TEST_CASE("Lengths of names and values that do not add up are malformed") {
  CHECK(examine(with_params({5})) == State::malformed);
  CHECK(examine(with_params({5, 0})) == State::malformed);
  CHECK(examine(with_params(std::string{4, 1} + "NAME")) == State::malformed);
  CHECK(examine(with_params(long_length(4).substr(0, 3))) == State::malformed);
  CHECK(examine(with_params("\4" + long_length(1).substr(0, 2))) == State::malformed);
  CHECK(examine(with_params(pair("NAME", "value") + "\1")) == State::malformed);
  CHECK(examine(with_params(pair("NAME", "value").substr(0, 10))) == State::malformed);
}

TEST_CASE("Lengths that overflow an int are malformed") {
  const std::uint32_t length = GENERATE(0x7ffffffeU, 0x7fffffffU, 0x40000000U, 0x10000U);
  CAPTURE(length);
  const std::string rest = "some bytes that do not suffice";
  CHECK(examine(with_params(long_length(length) + '\0' + rest)) == State::malformed);
  CHECK(examine(with_params('\1' + long_length(length) + rest)) == State::malformed);
  CHECK(examine(with_params(long_length(length) + long_length(length) + rest)) == State::malformed);
}

TEST_CASE("A short length may be written as a long one") {
  CHECK(examine(with_params(long_length(4) + long_length(5) + "NAMEvalue")) == State::complete);
  CHECK(examine(with_params(long_length(0) + long_length(0))) == State::complete);
}

TEST_CASE("A control character anywhere in a param is noticed, a tabulator in a value is none") {
  const auto are_text = [](const std::string& name, const std::string& value) {
    RequestFrame frame({});
    const std::string params =
        pair("REQUEST_METHOD", "GET") + pair(name, value) + pair("DOCUMENT_URI", "/messages");
    REQUIRE(frame.examine(with_params(params)) == State::complete);
    return frame.params_are_text();
  };
  for (int i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    const bool control = i < 32 || i == 127;
    CAPTURE(i);
    for (const std::string& text : {std::string{c}, std::string{c, 'x'}, std::string{'x', c}}) {
      CHECK(are_text("HTTP_X", text) == (!control || c == '\t'));
      CHECK(are_text(text, "x") == (!control && c != '='));
    }
  }
  CHECK(are_text("HTTP_X", ""));
  CHECK(are_text("", ""));
}

TEST_CASE("A pair may be cut between two records, even inside its length") {
  const std::string params = pairs(some_params);
  for (std::size_t cut = 1; cut < 24; ++cut) {
    const std::string bytes = begin_record() + record(params_type, params.substr(0, cut)) +
                              stream(params_type, params.substr(cut)) + stream(stdin_type, {});
    CAPTURE(cut);
    CHECK(examine(bytes) == State::complete);
  }
}

TEST_CASE("A body of 64 KiB passes and one byte more is too large") {
  const std::string body(65'536, 'b');
  CHECK(examine(request(some_params, body)) == State::complete);
  CHECK(examine(request(some_params, body + 'b')) == State::body_too_large);
}

TEST_CASE("A body that is too large is known before its end has arrived") {
  const std::string bytes = begin_record() + stream(params_type, pairs(some_params)) +
                            record(stdin_type, std::string(40'000, 'b')) +
                            record(stdin_type, std::string(40'000, 'b'));
  CHECK(examine(bytes) == State::body_too_large);
}

TEST_CASE("Params of 64 KiB pass and one byte more is malformed") {
  const std::string name = "NAME";
  const std::size_t lengths = 5;
  const std::string value(65'536 - lengths - name.size(), 'v');
  CHECK(examine(with_params(pair(name, value))) == State::complete);
  CHECK(examine(with_params(pair(name, value + 'v'))) == State::malformed);
}
