#include "server/connection.hpp"

#include "catch.hpp"
#include "messages.hpp"
#include "server_fixture.hpp"

using namespace chat;
using namespace chat::test;
using std::chrono::seconds;

TEST_CASE("One connection carries one request after the other while it is kept") {
  ServerFixture chat;
  UnixClient client = chat.connect();
  for (const char* body : {"one", "two", "three"}) {
    REQUIRE(client.send(post_message(body)));
    CHECK(has_status(chat.answer_to(client), "200"));
  }
  client.send(get_messages());
  CHECK(contains(chat.answer_to(client), R"("body":"three")"));
  CHECK_FALSE(client.closed());
  CHECK(chat.server.connections() == 1);
}

TEST_CASE("A connection that is not kept is closed after its answer") {
  ServerFixture chat;
  chat.database.add("hello");
  UnixClient client = chat.connect();
  client.send(get_messages("", 1, /*keep=*/false));
  CHECK(contains(chat.answer_to(client), "hello"));
  chat.wait_until_closed(client);
}

TEST_CASE("A request that arrives in pieces is answered when it is whole") {
  ServerFixture chat;
  chat.database.add("hello");
  UnixClient client = chat.connect();
  const std::string bytes = get_messages();
  for (const char byte : bytes.substr(0, bytes.size() - 1)) {
    client.send(std::string(1, byte));
    chat.settle();
  }
  CHECK(client.received().empty());
  client.send(bytes.substr(bytes.size() - 1));
  CHECK(contains(chat.answer_to(client), "hello"));
}

TEST_CASE("A poll is answered on its connection when the news come") {
  ServerFixture chat;
  chat.prime();
  UnixClient one = chat.connect();
  UnixClient two = chat.connect();
  one.send(get_messages());
  two.send(get_messages("", 7));
  chat.wait_for_polls(2);
  chat.database.add("hello");
  chat.look_succeeds();

  const Answer first = chat.answer_to(one);
  const Answer second = chat.answer_to(two);
  CHECK(contains(first, "hello"));
  CHECK(first.text == second.text);
  CHECK(first.ids == std::vector<std::uint16_t>{1, 1, 1});
  CHECK(second.ids == std::vector<std::uint16_t>{7, 7, 7});
}

TEST_CASE("An acknowledged wait is sent though the bytes of the others are made already") {
  ServerFixture chat;
  chat.prime();
  UnixClient plain = chat.connect();
  plain.send(get_messages());
  chat.wait_for_polls(1);
  UnixClient preferring = chat.connect();
  preferring.send(request(
      {{"REQUEST_METHOD", "GET"}, {"DOCUMENT_URI", "/messages"}, {"HTTP_PREFER", "wait=20"}}));
  chat.wait_for_polls(2);
  chat.database.add("hello");
  chat.look_succeeds();

  const Answer shared = chat.answer_to(plain);
  const Answer acknowledged = chat.answer_to(preferring);
  CHECK_FALSE(contains(shared, "Preference-Applied"));
  CHECK(contains(acknowledged, "\r\nPreference-Applied: wait=20\r\n"));
  CHECK(contains(acknowledged, "hello"));
}

TEST_CASE("A client that hangs up while it is parked releases its poll and its connection") {
  ServerFixture chat;
  chat.prime();
  UnixClient client = chat.connect();
  UnixClient other = chat.connect();
  client.send(get_messages());
  other.send(get_messages());
  chat.wait_for_polls(2);

  client.hang_up();

  chat.wait_for_polls(1);
  chat.wait_for_connections(1);
  CHECK_FALSE(other.closed());
}

TEST_CASE("HEAD is answered without a body, errors too, and the GET after it with one") {
  ServerFixture chat;
  chat.prime();
  chat.database.add("hello");
  chat.look_succeeds();
  UnixClient client = chat.connect();
  const auto ask = [&](const std::string& method, const std::string& query) {
    client.send(request(
        {{"REQUEST_METHOD", method}, {"DOCUMENT_URI", "/messages"}, {"QUERY_STRING", query}}));
    chat.run_until([&] {
      chat.look_succeeds();  // what is answered at once comes after a look
      return client.has_unread();
    });
    return chat.answer_to(client);
  };
  for (const char* query : {"", "limit=0"}) {
    // The GET first, so that there are shared bytes; HEAD must neither take nor change them.
    const std::string whole = ask("GET", query).text;
    const Answer head = ask("HEAD", query);
    CHECK(head.text == whole.substr(0, whole.find("\r\n\r\n") + 4));
    CHECK(ask("GET", query).text == whole);
  }
}

TEST_CASE("A large answer arrives whole at a client that is slow, but not too slow") {
  ServerFixture chat;
  for (int i = 0; i < 300; ++i) chat.database.add(std::string(10'000, 'x'));
  UnixClient client = chat.connect();
  client.send(get_messages());
  chat.run_until([&] { return client.has_unread(); });
  chat.pass(seconds{9});
  const Answer answer = chat.answer_to(client);
  CHECK(answer.text.size() > 3'000'000);
  CHECK(has_status(answer, "200"));

  chat.pass(seconds{9});
  CHECK_FALSE(client.closed());
}
