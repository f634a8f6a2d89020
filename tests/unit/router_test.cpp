#include "http/router.hpp"

#include "catch.hpp"
#include "chat_fixture.hpp"
#include "errors.hpp"
#include "messages.hpp"

using namespace chat;
using namespace chat::test;

namespace {

struct RouterFixture : ChatFixture {
  Scoreboard scoreboard{""};
  MessageStreams streams{service, wheel, {}};
  Handlers handlers{service, streams, scoreboard};
  Router router{handlers};

  Running<ResponsePtr> send(const Request& request) {
    return start(router.respond(request, clients.emplace_back()));
  }
  Running<ResponsePtr> send(const std::string& method, const std::string& path,
                            const std::string& query = {}) {
    Request request;
    request.method = method;
    request.path = path;
    request.query_string = query;
    return send(request);
  }
  Running<ResponsePtr> post(const std::string& body) {
    Request request;
    request.method = "POST";
    request.path = "/messages";
    request.content_type = "application/json";
    request.body = R"({"body":")" + body + R"("})";
    return send(request);
  }
};

std::string header_of(const Response& response, const std::string& name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace

TEST_CASE("Another path than those of the table is not found") {
  RouterFixture chat;
  const std::string path = GENERATE("/", "", "/messages/", "/message", "/MESSAGES", "/health");
  CAPTURE(path);
  CHECK(code_thrown_by([&] { return chat.send("GET", path); }) == ErrorCode::not_found);
  CHECK(sentence_thrown_by([&] { return chat.send("GET", path); }) == "Not found: Route not found");
}

TEST_CASE("Another method is told which ones the path takes") {
  RouterFixture chat;
  const std::string method = GENERATE("PUT", "DELETE", "TRACE", "OPTIONS", "get", "head", "");
  const ResponsePtr messages = chat.finish(chat.send(method, "/messages"));
  CHECK(messages->status == 405);
  CHECK(header_of(*messages, "Allow") == "POST, GET, HEAD");
  const ResponsePtr health = chat.finish(chat.send(method, "/healthz"));
  CHECK(header_of(*health, "Allow") == "GET, HEAD");
}

TEST_CASE("A POST answers the stored message and a GET reads it") {
  RouterFixture chat;
  const ResponsePtr posted = chat.finish(chat.post("hello"));
  const ResponsePtr read = chat.finish(chat.send("GET", "/messages"));
  CHECK(posted->status == 200);
  CHECK(posted->body.find(R"("body":"hello","room":"lobby","author":null)") != std::string::npos);
  CHECK(read->body == "[" + posted->body + "]");
}

TEST_CASE("HEAD is answered like a GET that does not wait") {
  RouterFixture chat;
  chat.prime();
  const auto nothing = chat.send("HEAD", "/messages", "timeout=55");
  chat.look_succeeds();
  REQUIRE(nothing.done());
  CHECK(nothing.result()->body == "[]");
  chat.database.add("hello");
  const auto head = chat.send("HEAD", "/messages");
  const auto get = chat.send("GET", "/messages");
  chat.look_succeeds();
  CHECK(head.result()->body == get.result()->body);
  CHECK(chat.finish(chat.send("HEAD", "/healthz"))->status == 200);
  CHECK(code_thrown_by([&] { return chat.send("HEAD", "/elsewhere"); }) == ErrorCode::not_found);
}

TEST_CASE("A request may be dropped while its answer waits") {
  RouterFixture chat;
  chat.prime();
  const auto answer = [&] { return chat.send("GET", "/messages", "room=kitchen"); }();
  REQUIRE_FALSE(answer.done());
  chat.database.add("late", "kitchen");
  chat.look_succeeds();
  CHECK(chat.finish(answer)->body.find("late") != std::string::npos);
}

TEST_CASE("Polls that share a page share one rendering") {
  RouterFixture chat;
  chat.prime();
  const auto one = chat.send("GET", "/messages");
  const auto two = chat.send("GET", "/messages", "timeout=20");
  chat.database.add("hello");
  chat.look_succeeds();
  REQUIRE((one.done() && two.done()));
  CHECK(one.result() == two.result());
}

TEST_CASE("A page that is not the last links to the next one, in its direction") {
  RouterFixture chat;
  for (const char* body : {"one", "two", "three"}) chat.database.add(body);
  const std::string second = format_message_id(id_of(2));

  const auto forwards = chat.finish(chat.send("GET", "/messages", "limit=2"));
  CHECK(header_of(*forwards, "Link") ==
        "<messages?after=" + second + "&room=lobby&limit=2>; rel=\"next\"");
  const auto backwards = chat.finish(
      chat.send("GET", "/messages", "limit=2&before=" + format_message_id(max_message_id)));
  CHECK(header_of(*backwards, "Link") ==
        "<messages?before=" + second + "&room=lobby&limit=2>; rel=\"next\"");
  const auto last = chat.finish(chat.send("GET", "/messages", "limit=3"));
  CHECK(header_of(*last, "Link").empty());
}

TEST_CASE("A preferred wait is acknowledged, except when the parameter wins") {
  RouterFixture chat;
  chat.database.add("hello");
  Request request;
  request.method = "GET";
  request.path = "/messages";
  request.prefer = "wait=90";
  CHECK(header_of(*chat.finish(chat.send(request)), "Preference-Applied") == "wait=55");

  request.query_string = "timeout=5";
  CHECK(header_of(*chat.finish(chat.send(request)), "Preference-Applied").empty());

  request.method = "HEAD";
  request.query_string.clear();
  CHECK(header_of(*chat.finish(chat.send(request)), "Preference-Applied").empty());

  // Nobody waits for what has been.
  request.method = "GET";
  request.query_string = "before=" + format_message_id(max_message_id);
  CHECK(header_of(*chat.finish(chat.send(request)), "Preference-Applied").empty());
}

TEST_CASE("An acknowledged wait is not on the answer of those who did not ask for it") {
  RouterFixture chat;
  chat.prime();
  Request request;
  request.method = "GET";
  request.path = "/messages";
  request.prefer = "wait=20";
  const auto preferring = chat.send(request);
  const auto other = chat.send("GET", "/messages");
  chat.database.add("hello");
  chat.look_succeeds();
  CHECK(header_of(*preferring.result(), "Preference-Applied") == "wait=20");
  CHECK(header_of(*other.result(), "Preference-Applied").empty());
  CHECK(preferring.result()->body == other.result()->body);
}

TEST_CASE("The health of a worker is that of its picture of the database") {
  RouterFixture chat;
  CHECK(code_thrown_by([&] { return chat.send("GET", "/healthz"); }) == ErrorCode::unavailable);
  chat.prime();
  const ResponsePtr healthy = chat.finish(chat.send("GET", "/healthz"));
  CHECK(healthy->status == 200);
  CHECK(healthy->body == R"({"status":"ok"})");
  chat.pass(std::chrono::seconds{7});
  CHECK(sentence_thrown_by([&] { return chat.send("GET", "/healthz"); }) ==
        "Unavailable: The database has not answered for 7 s");
}

TEST_CASE("Metrics are text and the status is a page") {
  RouterFixture chat;
  const ResponsePtr metrics = chat.finish(chat.send("GET", "/metrics"));
  CHECK(metrics->content_type == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(metrics->body.find("chat_workers 1\n") != std::string::npos);
  const ResponsePtr status = chat.finish(chat.send("GET", "/status"));
  CHECK(status->content_type == "text/html; charset=utf-8");
  CHECK(status->body.find("<h1>Chat</h1>") != std::string::npos);
}
