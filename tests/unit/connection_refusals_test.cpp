// What a connection does not put up with: what it refuses, and how long it waits.
#include "catch.hpp"
#include "messages.hpp"
#include "server/connection.hpp"
#include "server_fixture.hpp"

using namespace chat;
using namespace chat::test;
using std::chrono::seconds;

TEST_CASE("Bytes that come while a request is answered end the connection") {
  ServerFixture chat;
  chat.prime();
  UnixClient client = chat.connect();
  client.send(get_messages());
  chat.wait_for_polls(1);

  client.send(get_messages());

  chat.wait_until_closed(client);
  CHECK(chat.waiting_room.parked() == 0);
  CHECK(client.received().empty());
}

TEST_CASE("Half a request times out, an idle connection and a parked poll do not") {
  ServerFixture chat;
  chat.prime();
  UnixClient half = chat.connect();
  UnixClient idle = chat.connect();
  UnixClient poll = chat.connect();
  half.send(get_messages().substr(0, 20));
  poll.send(get_messages("timeout=55"));
  chat.wait_for_polls(1);
  chat.wait_for_connections(3);

  chat.pass(seconds{9});
  CHECK_FALSE(half.closed());
  chat.pass(seconds{2});

  chat.wait_until_closed(half);
  CHECK_FALSE(idle.closed());
  CHECK_FALSE(poll.closed());
}

TEST_CASE("The time of a request counts from its first byte, not again from each") {
  ServerFixture chat;
  UnixClient slow = chat.connect();
  const std::string bytes = get_messages();
  for (std::size_t i = 0; i < 11; ++i) {
    slow.send(bytes.substr(i, 1));
    chat.settle();
    chat.pass(seconds{1});
  }
  chat.wait_until_closed(slow);
}

TEST_CASE("A request that came in time does not end the next one early") {
  ServerFixture chat;
  UnixClient client = chat.connect();
  const std::string bytes = post_message("hello");
  client.send(bytes.substr(0, 20));
  chat.wait_for_connections(1);
  chat.pass(seconds{9});
  client.send(bytes.substr(20));
  CHECK(has_status(chat.answer_to(client), "200"));
  chat.pass(seconds{9});
  client.send(post_message("again"));
  CHECK(has_status(chat.answer_to(client), "200"));
}

TEST_CASE("What is no FastCGI closes the connection without an answer") {
  ServerFixture chat;
  const std::string bytes =
      GENERATE(std::string("GET / HTTP/1.1\r\n\r\n"), std::string(64, '\xff'),
               record(get_values_type, pair("FCGI_MAX_CONNS", ""), 0), get_messages() + "x");
  UnixClient client = chat.connect();
  client.send(bytes);
  chat.wait_until_closed(client);
  CHECK(client.received().empty());

  chat.database.add("still here");
  UnixClient next = chat.connect();
  next.send(get_messages());
  CHECK(contains(chat.answer_to(next), "still here"));
}

TEST_CASE("A body that is too large is answered 413 and ends the connection") {
  ServerFixture chat;
  UnixClient client = chat.connect();
  REQUIRE(client.send(post_message(std::string(70'000, 'x'))));
  CHECK(has_status(chat.answer_to(client), "413"));
  chat.wait_until_closed(client);
}

TEST_CASE("An error is answered on a connection that is kept") {
  ServerFixture chat;
  UnixClient client = chat.connect();
  client.send(get_messages("limit=0"));
  CHECK(has_status(chat.answer_to(client), "400"));
  client.send(request({{"REQUEST_METHOD", "GET"}, {"DOCUMENT_URI", "/elsewhere"}}));
  CHECK(has_status(chat.answer_to(client), "404"));
  chat.database.set_unavailable(true);
  client.send(get_messages("timeout=0"));
  const Answer refused = chat.answer_to(client);
  CHECK(has_status(refused, "503"));
  CHECK(contains(refused, "Retry-After: 1"));
  CHECK_FALSE(client.closed());
}

TEST_CASE("A control character in any param is answered 400, and never another route") {
  using namespace std::string_literals;
  ServerFixture chat;
  chat.prime();
  UnixClient client = chat.connect();
  const Params well = {{"REQUEST_METHOD", "GET"}, {"DOCUMENT_URI", "/healthz"}};
  const Params odd = GENERATE(
      Params{{"DOCUMENT_URI", "/healthz\0/x"s}}, Params{{"DOCUMENT_URI", "/healthz\n"s}},
      Params{{"DOCUMENT_URI\0"s, "/healthz"}}, Params{{"DOCUMENT_URI=/healthz", ""}},
      Params{{"HTTP_X", "a\0b"s}}, Params{{"HTTP_X", "a\r\nb"s}}, Params{{"HTTP_\x7f"s, "a"}});
  Params params = odd;
  params.insert(params.end(), well.begin(), well.end());
  client.send(request(params));
  const Answer refused = chat.answer_to(client);
  CHECK(has_status(refused, "400"));
  CHECK(contains(refused, R"({"error":"Invalid argument: The address or a header contains)"));

  client.send(request(well));
  CHECK(has_status(chat.answer_to(client), "200"));
}

TEST_CASE("A client that does not take its answer loses its connection") {
  ServerFixture chat;
  for (int i = 0; i < 300; ++i) chat.database.add(std::string(10'000, 'x'));
  UnixClient client = chat.connect();
  client.send(get_messages());
  chat.run_until([&] { return client.has_unread(); });
  chat.run_until([&] {
    chat.pass(seconds{11});
    return chat.server.connections() == 0;
  });
  CHECK(client.closed());
}
