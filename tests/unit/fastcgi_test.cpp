#include "server/fastcgi.hpp"

#include <set>
#include <stdexcept>

#include "catch.hpp"
#include "fastcgi_records.hpp"
#include "server/request_frame.hpp"

using namespace chat;
using namespace chat::test;

namespace {

const Params get_params = {{"REQUEST_METHOD", "GET"},
                           {"DOCUMENT_URI", "/messages"},
                           {"QUERY_STRING", "room=lobby&limit=5"}};

Response with_body(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

}  // namespace

TEST_CASE("A GET is parsed into its parts") {
  FastcgiParser parser;
  const Request parsed = parser.parse(request(get_params));
  CHECK(parsed.method == "GET");
  CHECK(parsed.path == "/messages");
  CHECK(parsed.query_string == "room=lobby&limit=5");
  CHECK(parsed.body.empty());
  CHECK(parsed.content_type.empty());
  CHECK(parsed.remote_user.empty());
  CHECK(parsed.request_id.empty());
  CHECK_FALSE(parsed.prefer);
  CHECK_FALSE(parsed.idempotency_key);
}

TEST_CASE("A POST is parsed with its body and headers") {
  FastcgiParser parser;
  const Request parsed = parser.parse(request({{"REQUEST_METHOD", "POST"},
                                               {"SCRIPT_NAME", "/messages"},
                                               {"CONTENT_TYPE", "application/json"},
                                               {"CONTENT_LENGTH", "12"},
                                               {"REMOTE_USER", "ann"},
                                               {"REQUEST_ID", "0123"},
                                               {"HTTP_PREFER", "wait=3"},
                                               {"HTTP_IDEMPOTENCY_KEY", ""}},
                                              R"({"body":"x"})"));
  CHECK(parsed.path == "/messages");
  CHECK(parsed.content_type == "application/json");
  CHECK(parsed.remote_user == "ann");
  CHECK(parsed.request_id == "0123");
  CHECK(parsed.prefer == "wait=3");
  CHECK(parsed.idempotency_key == "");
  CHECK(parsed.body == R"({"body":"x"})");
}

TEST_CASE("A header on several lines is one, in their order; of anything else the first counts") {
  FastcgiParser parser;
  const Request parsed = parser.parse(request({{"HTTP_PREFER", "foo=1"},
                                               {"REQUEST_METHOD", "GET"},
                                               {"HTTP_PREFER", "wait=1"},
                                               {"HTTP_IDEMPOTENCY_KEY", "a"},
                                               {"HTTP_IDEMPOTENCY_KEY", "b"},
                                               {"REQUEST_METHOD", "POST"}}));
  CHECK(parsed.prefer == "foo=1, wait=1");
  CHECK(parsed.idempotency_key == "a, b");
  CHECK(parsed.method == "GET");
}

TEST_CASE("A body may hold any bytes, whatever length was announced") {
  FastcgiParser parser;
  std::string body;
  for (int i = 0; i < 1000; ++i) body += static_cast<char>(i);
  CHECK(parser.parse(request({{"CONTENT_LENGTH", "3"}}, body)).body == body);
  CHECK(parser.parse(request({}, body)).body == body);
}

TEST_CASE("One parser parses one request after the other, of any id") {
  FastcgiParser parser;
  for (int i = 0; i < 100; ++i) {
    const std::string body = "body " + std::to_string(i);
    const auto id = static_cast<std::uint16_t>(1 + 300 * i);
    REQUIRE(parser.parse(request(get_params, body, id)).body == body);
  }
}

TEST_CASE("A request in many small records is parsed") {
  FastcgiParser parser;
  const Request parsed =
      parser.parse(begin_record() + stream(params_type, pairs(get_params), 1, 1) +
                   stream(stdin_type, "a body in pieces", 1, 3));
  CHECK(parsed.query_string == "room=lobby&limit=5");
  CHECK(parsed.body == "a body in pieces");
}

TEST_CASE("The largest request that passes the frame fits libfcgi's socket") {
  FastcgiParser parser;
  const std::string small = pairs({{"REQUEST_METHOD", "POST"}, {"DOCUMENT_URI", "/messages"}});
  const std::size_t lengths = 5;
  const std::string name = "QUERY_STRING";
  const std::string query(65'536 - small.size() - lengths - name.size(), 'q');
  const std::string body(65'536, 'b');
  const std::string bytes =
      begin_record() + stream(params_type, small + pair(name, query)) + stream(stdin_type, body);
  REQUIRE(RequestFrame({}).examine(bytes) == RequestFrame::State::complete);

  const Request parsed = parser.parse(bytes);

  CHECK(parsed.query_string == query);
  CHECK(parsed.body == body);
  CHECK(parser.parse(bytes).body == body);
}

TEST_CASE("Padding after any record is no part of the request, nor of the next one") {
  FastcgiParser parser;
  std::string begin = begin_record() + std::string(8, '\xee');
  begin[6] = 8;
  const std::string padded = begin + record(params_type, pairs(get_params), 1, 7) +
                             record(params_type, {}, 1, 255) + record(stdin_type, "body", 1, 3) +
                             record(stdin_type, {}, 1, 255);
  for (int i = 0; i < 2; ++i) {
    const Request parsed = parser.parse(padded);
    CHECK(parsed.query_string == "room=lobby&limit=5");
    CHECK(parsed.body == "body");
  }
  CHECK(parser.parse(request(get_params, "next")).body == "next");
}

TEST_CASE("A record that is hidden in padding never reaches libfcgi") {
  std::string names;
  for (int i = 0; i < 12; ++i) names += pair("FCGI_MAX_CONNS", "");
  const std::string hidden = record(get_values_type, names, 0);  // would overflow libfcgi's stack
  const auto hide_in = [&](std::string record) {
    record[6] = static_cast<char>(hidden.size());
    return record + hidden;
  };
  const std::string rest = stream(stdin_type, "body");
  FastcgiParser parser;
  CHECK(parser.parse(hide_in(begin_record()) + stream(params_type, {}) + rest).body == "body");
  CHECK(parser.parse(begin_record() + hide_in(record(params_type, {})) + rest).body == "body");
}

TEST_CASE("A request in the smallest records, each padded, fits libfcgi's socket") {
  FastcgiParser parser;
  const std::string body(65'536, 'b');
  std::string bytes = begin_record() + stream(params_type, pairs(get_params));
  for (const char byte : body) bytes += record(stdin_type, std::string(1, byte), 1, 7);
  bytes += record(stdin_type, {});
  REQUIRE(RequestFrame({}).examine(bytes) == RequestFrame::State::complete);
  CHECK(parser.parse(bytes).body == body);
}

TEST_CASE("After a request that libfcgi refuses the next one is parsed") {
  FastcgiParser parser;
  const std::string cut_pair = begin_record() + stream(params_type, "\5") + stream(stdin_type, {});
  const std::string too_long =
      begin_record() + stream(params_type, "\4\50NAME") + stream(stdin_type, "body");

  for (const std::string& refused : {cut_pair, too_long}) {
    CHECK_THROWS_AS(parser.parse(refused), std::runtime_error);
    CHECK(parser.parse(request(get_params, "next")).body == "next");
  }
}

TEST_CASE("After a request that does not fit libfcgi's file the next one is parsed") {
  FastcgiParser parser;
  const std::string huge = begin_record() + stream(params_type, pairs(get_params)) +
                           stream(stdin_type, std::string(4'000'000, 'b'));
  CHECK_THROWS_AS(parser.parse(huge), std::runtime_error);
  CHECK(parser.parse(request(get_params, "next")).body == "next");
}

TEST_CASE("An answer is STDOUT, its end and END_REQUEST") {
  const std::string bytes = encode_response(with_body("[]"), 1);
  const Answer answer = parse_answer(bytes);
  CHECK(answer.bytes == bytes.size());
  CHECK(answer.types == std::vector<int>{stdout_type, stdout_type, end_request_type});
  CHECK(answer.sizes[1] == 0);
  CHECK(answer.sizes[2] == 8);
  CHECK(bytes.substr(bytes.size() - 8) == std::string(8, '\0'));
  CHECK(answer.text ==
        "Status: 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"
        "Content-Length: 2\r\n\r\n[]");
}

TEST_CASE("An answer's status and headers are written") {
  Response response = with_body("{}");
  response.status = 503;
  response.headers = {{"Retry-After", "1"}, {"Link", "<x>"}};
  const std::string text = parse_answer(encode_response(response, 1)).text;
  CHECK(text.find("Status: 503 Service Unavailable\r\n") == 0);
  CHECK(text.find("\r\nRetry-After: 1\r\nLink: <x>\r\n\r\n{}") != std::string::npos);
}

TEST_CASE("An answer without its body says how long that would be") {
  const std::string text = parse_answer(encode_response(with_body("[1]"), 1, Body::omitted)).text;
  CHECK(text ==
        "Status: 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"
        "Content-Length: 3\r\n\r\n");
}

TEST_CASE("An answer is JSON unless it says otherwise") {
  Response response = with_body("{}");
  CHECK(parse_answer(encode_response(response, 1))
            .text.find("\r\nContent-Type: application/json\r\n") != std::string::npos);
  response.content_type = "text/html";
  CHECK(parse_answer(encode_response(response, 1)).text.find("\r\nContent-Type: text/html\r\n") !=
        std::string::npos);
}

TEST_CASE("Every status that the chat answers has a reason phrase of its own") {
  std::set<std::string> lines;
  for (const int status : {200, 400, 404, 405, 413, 415, 422, 500, 503}) {
    Response response;
    response.status = status;
    const std::string text = parse_answer(encode_response(response, 1)).text;
    lines.insert(text.substr(12, text.find("\r\n") - 12));
  }
  CHECK(lines.size() == 9);
}

TEST_CASE("An answer that is larger than a record is cut into several, of aligned sizes") {
  std::string body;
  for (int i = 0; body.size() < 200'000; ++i) body += std::to_string(i) + ' ';
  const std::string bytes = encode_response(with_body(body), 1);
  const Answer answer = parse_answer(bytes);
  CHECK(answer.bytes == bytes.size());
  CHECK(answer.text.substr(answer.text.find("\r\n\r\n") + 4) == body);
  REQUIRE(answer.sizes.size() == 6);
  for (std::size_t i = 0; i < 3; ++i) CHECK(answer.sizes[i] % 8 == 0);
}

TEST_CASE("An answer carries the id of its request in every record") {
  const std::uint16_t id = GENERATE(as<std::uint16_t>(), 1, 2, 255, 256, 65'535);
  const Answer answer = parse_answer(encode_response(with_body(std::string(70'000, 'x')), id));
  CHECK(answer.ids == std::vector<std::uint16_t>(4, id));
}
