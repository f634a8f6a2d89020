#include "http/message_query.hpp"
#include "http/message_write.hpp"

#include <boost/uuid/uuid_io.hpp>

#include "catch.hpp"
#include "errors.hpp"

using namespace chat;
using namespace chat::test;
using namespace std::string_literals;
using std::chrono::seconds;

namespace {

const std::string some_id = "019c1a2b-3c4d-0001-8e9f-0123456789ab";

Request get(const std::string& query, std::optional<std::string> prefer = std::nullopt) {
  Request request;
  request.method = "GET";
  request.path = "/messages";
  request.query_string = query;
  request.prefer = std::move(prefer);
  return request;
}

Request post(const std::string& body) {
  Request request;
  request.method = "POST";
  request.path = "/messages";
  request.content_type = "application/json";
  request.request_id = "0123456789abcdef";
  request.body = body;
  return request;
}

std::string refusal_of(const std::string& query) {
  return sentence_thrown_by([&] { return find_query_of(get(query)); });
}

std::optional<ErrorCode> code_of(const Request& request) {
  return code_thrown_by([&] { return new_message_of(request); });
}

}  // namespace

TEST_CASE("A GET without parameters asks for the first 1000 messages of the lobby and waits 10 s") {
  const FindQuery query = find_query_of(get(""));
  CHECK(query.rooms.text() == "lobby");
  CHECK(query.after == nil_message_id);
  CHECK_FALSE(query.before);
  CHECK(query.limit == 1000);
  CHECK(query.timeout == seconds{10});
}

TEST_CASE("A GET's parameters are read") {
  const FindQuery query =
      find_query_of(get("after=" + some_id + "&room=kitchen&limit=5&timeout=0&unknown=%zz"));
  CHECK(query.after == parse_message_id(some_id));
  CHECK(query.rooms.text() == "kitchen");
  CHECK(query.limit == 5);
  CHECK(query.timeout == seconds{0});
  CHECK(find_query_of(get("before=" + some_id)).before == parse_message_id(some_id));
}

TEST_CASE("The limits of a GET's numbers are those of the contract") {
  CHECK(find_query_of(get("limit=1")).limit == 1);
  CHECK(find_query_of(get("limit=1000")).limit == 1000);
  CHECK(find_query_of(get("timeout=55")).timeout == seconds{55});
  const std::string limit = GENERATE("0"s, "1001"s, "-1"s, ""s, "x"s);
  CHECK(refusal_of("limit=" + limit) ==
        "Invalid argument: The parameter limit is a whole number from 1 to 1000");
  const std::string timeout = GENERATE("56"s, "-1"s, ""s, "1.5"s);
  CHECK(refusal_of("timeout=" + timeout) ==
        "Invalid argument: The parameter timeout is a whole number from 0 to 55");
}

TEST_CASE("A malformed cursor or room is refused") {
  CHECK(refusal_of("after=x") == "Invalid argument: The parameter after is not a UUID");
  CHECK(refusal_of("after=") == "Invalid argument: The parameter after is not a UUID");
  CHECK(refusal_of("before=" + some_id + "%00") ==
        "Invalid argument: The parameter before is not a UUID");
  const std::string room = GENERATE(""s, "%00"s, "lobby%00"s, "Lobby"s, "a+b"s, "%c3%bc"s);
  CAPTURE(room);
  CHECK(refusal_of("room=" + room).find("Invalid argument: A room is") == 0);
}

TEST_CASE("Any parameter of the contract that stands twice or is broken is refused") {
  const std::string name =
      GENERATE("after"s, "before"s, "limit"s, "timeout"s, "changes"s, "epoch"s);
  const std::string value = name == "after" || name == "before" ? some_id : "1";
  const std::string parameter = name + "=" + value;
  CAPTURE(name);
  CHECK(refusal_of(parameter).empty());
  CHECK(refusal_of(parameter + "&" + parameter) ==
        "Invalid argument: The parameter " + name + " is given twice");
  CHECK(refusal_of(name + "=%") ==
        "Invalid argument: The parameter " + name + " is not percent-encoded");
}

TEST_CASE("Rooms may be named in any order, and twice") {
  CHECK(find_query_of(get("room=b&room=a&room=b")).rooms ==
        RoomSet(std::set<std::string>{"a", "b"}));
}

TEST_CASE("A hundred rooms are a question, and no room more") {
  std::string query = "room=r0";
  for (int i = 1; i < 100; ++i) query += "&room=r" + std::to_string(i);
  CHECK(find_query_of(get(query + "&room=r7")).rooms.names().size() == 100);
  CHECK(refusal_of(query + "&room=r100") == "Invalid argument: Name at most 100 rooms, or room=*");
}

TEST_CASE("All rooms stand alone") {
  CHECK(find_query_of(get("room=*")).rooms.is_all());
  CHECK(find_query_of(get("room=%2a")).rooms.is_all());
  CHECK(refusal_of("room=*&room=a") == "Invalid argument: room=* is every room: name no other");
}

TEST_CASE("Changes are asked for with 1") {
  CHECK_FALSE(find_query_of(get("")).changes);
  CHECK_FALSE(find_query_of(get("changes=0")).changes);
  CHECK(find_query_of(get("changes=1")).changes);
  CHECK(refusal_of("changes=yes") ==
        "Invalid argument: The parameter changes is a whole number from 0 to 1");
}

TEST_CASE("After and before together are refused") {
  CHECK(refusal_of("after=" + some_id + "&before=" + some_id) ==
        "Invalid argument: Give after or before, not both");
}

TEST_CASE("A preferred wait sets the timeout, at most to its limit") {
  CHECK(find_query_of(get("", "wait=3")).timeout == seconds{3});
  CHECK(find_query_of(get("", "wait=0")).timeout == seconds{0});
  CHECK(find_query_of(get("", "wait=4000000000")).timeout == seconds{55});
  CHECK(find_query_of(get("", "wait=soon")).timeout == seconds{10});
}

TEST_CASE("The timeout parameter wins over the preferred wait") {
  CHECK(find_query_of(get("timeout=5", "wait=3")).timeout == seconds{5});
}

TEST_CASE("HEAD never waits, and its parameters are those of a GET") {
  Request request = get("room=kitchen&timeout=55", "wait=3");
  request.method = "HEAD";
  CHECK(find_query_of(request).timeout == seconds{0});
  CHECK(find_query_of(request).rooms.text() == "kitchen");
  request.query_string = "timeout=56";
  CHECK(code_thrown_by([&] { return find_query_of(request); }) == ErrorCode::invalid_argument);
}

TEST_CASE("A POST becomes a new message") {
  Request request = post(R"({"body":"hello","room":"kitchen","author":"ann"})");
  const NewMessage message = new_message_of(request);
  CHECK(message.body == "hello");
  CHECK(message.room == "kitchen");
  CHECK(message.author == "ann");
}

TEST_CASE("Whom the web server authenticated is the author, whatever was sent") {
  Request request = post(R"({"body":"hello","author":"somebody else"})");
  request.remote_user = "ann";
  CHECK(new_message_of(request).author == "ann");
}

TEST_CASE("An authenticated name that cannot be an author is refused") {
  Request request = post(R"({"body":"hello"})");
  const std::string name = GENERATE(std::string(129, 'a'), "\xff"s, "m\xfcller"s, "\xed\xa0\x80"s);
  request.remote_user = name;
  CAPTURE(name);
  CHECK(code_of(request) == ErrorCode::invalid_argument);
}

TEST_CASE("A POST is JSON by its content type, with or without parameters, in any case") {
  Request request = post(R"({"body":"hello"})");
  request.content_type = GENERATE("application/json"s, "application/json;charset=utf-8"s,
                                  "application/json ; charset=utf-8"s,
                                  "application/json\t;charset=utf-8"s, "Application/JSON"s);
  CHECK_FALSE(code_of(request));
}

TEST_CASE("Another content type is refused before the body is read") {
  Request request = post("not JSON");
  request.content_type =
      GENERATE(""s, "text/plain"s, "application/jsonp"s, "application/x-www-form-urlencoded"s,
               "application"s, ";application/json"s);
  CAPTURE(request.content_type);
  CHECK(code_of(request) == ErrorCode::unsupported_media_type);
}

TEST_CASE("A POST beyond the limits of a message is refused") {
  CHECK_FALSE(code_of(post(R"({"body":")" + std::string(10'000, 'x') + R"("})")));
  const std::string json =
      GENERATE(R"({"body":")" + std::string(10'001, 'x') + R"("})", R"({"body":"\u0000"})"s,
               R"({"body":"x","room":""})"s, R"({"body":"x","room":"Kitchen"})"s,
               R"({"body":"x","author":""})"s, R"({"body":"x","author":"\u0000"})"s);
  CHECK(code_of(post(json)) == ErrorCode::invalid_argument);
}

TEST_CASE("The client's key and the web server's request id can never be the same key") {
  Request request = post(R"({"body":"hello"})");
  CHECK(new_message_of(request).idempotency_key == "request:0123456789abcdef");
  request.idempotency_key = "request:0123456789abcdef";
  CHECK(new_message_of(request).idempotency_key == "client:request:0123456789abcdef");
}

TEST_CASE("A POST without a key and a request id gets a key of its own") {
  Request request = post(R"({"body":"hello"})");
  request.request_id.clear();
  const std::string one = new_message_of(request).idempotency_key;
  const std::string two = new_message_of(request).idempotency_key;
  CHECK(one.find("worker:") == 0);
  CHECK(one != two);
}

TEST_CASE("A malformed key is refused, also an empty one") {
  Request request = post(R"({"body":"hello"})");
  request.idempotency_key = GENERATE(""s, " "s, "a b"s, std::string(65, 'k'), "\xc3\xa9"s);
  CHECK(code_of(request) == ErrorCode::invalid_argument);
}
