#include "server/server.hpp"

#include <unistd.h>

#include <vector>

#include "catch.hpp"
#include "messages.hpp"
#include "server_fixture.hpp"

using namespace chat;
using namespace chat::test;

namespace {

std::string body_of(const Answer& answer) {
  return answer.text.substr(answer.text.find("\r\n\r\n") + 4);
}

}  // namespace

TEST_CASE("One connection more than the limit is answered 503 and closed") {
  ServerFixture chat(1);
  chat.database.add("hello");
  UnixClient first = chat.connect();
  chat.wait_for_connections(1);
  UnixClient second = chat.connect();
  second.send(get_messages());
  const Answer refused = chat.answer_to(second);
  CHECK(refused.text.find("Status: 503") == 0);
  CHECK(refused.text.find("Retry-After: 1") != std::string::npos);
  chat.wait_until_closed(second);
  chat.wait_for_connections(1);

  first.send(get_messages());
  CHECK(chat.answer_to(first).text.find("Status: 200") == 0);
}

TEST_CASE("The worker's end answers parked polls with nothing and closes their connections") {
  ServerFixture chat;
  chat.prime();
  UnixClient client = chat.connect();
  client.send(get_messages());
  chat.wait_for_polls(1);

  chat.server.shut_down();
  chat.waiting_room.shut_down();

  const Answer answer = chat.answer_to(client);
  CHECK(answer.text.find("Status: 200") == 0);
  CHECK(body_of(answer) == "[]");
  chat.wait_until_closed(client);
  chat.wait_for_connections(0);
}

TEST_CASE("The worker's end closes idle connections and those with half a request") {
  ServerFixture chat;
  UnixClient idle = chat.connect();
  UnixClient half = chat.connect();
  half.send(get_messages().substr(0, 20));
  chat.wait_for_connections(2);

  chat.server.shut_down();

  chat.wait_until_closed(idle);
  chat.wait_until_closed(half);
  chat.wait_for_connections(0);
}

TEST_CASE("The worker's end lets a message that is being stored be answered") {
  ServerFixture chat;
  chat.database.hold();
  UnixClient client = chat.connect();
  client.send(post_message("last words"));
  chat.wait_for_connections(1);
  chat.run_until([&] { return chat.database.batches().size() == 1; });

  chat.server.shut_down();
  chat.waiting_room.shut_down();
  chat.writer.shut_down();
  chat.settle();
  CHECK_FALSE(client.closed());
  chat.database.release();

  CHECK(chat.answer_to(client).text.find("last words") != std::string::npos);
  chat.wait_until_closed(client);
}

TEST_CASE("Nobody is accepted after the end began") {
  ServerFixture chat;
  chat.server.shut_down();
  chat.settle();
  CHECK_THROWS(chat.connect());
}

TEST_CASE("Connections go to the worker that has fewest") {
  constexpr std::size_t so_many = 200;
  constexpr std::size_t may_lead_by = 64 + 16;
  const TemporaryDirectory directory;
  const std::string board = directory.path_of("scoreboard");
  ServerFixture chat(2 * so_many, board);
  std::vector<UnixClient> clients;
  for (std::size_t i = 0; i < so_many; ++i) clients.push_back(chat.connect());
  chat.wait_for_connections(so_many);

  // Another process would have a descriptor of the same socket.
  Scoreboard other_board(board);
  Server other(chat.loop.get_executor(), dup(chat.listening_descriptor), chat.router, chat.wheel,
               other_board, {2 * so_many, {}, std::chrono::seconds{10}});
  other.start();
  for (std::size_t i = 0; i < so_many; ++i) clients.push_back(chat.connect());
  chat.run_until([&] { return chat.server.connections() + other.connections() == 2 * so_many; });

  CHECK(other.connections() >= so_many - may_lead_by);

  other.shut_down();
  chat.run_until([&] { return other.connections() == 0; });
}
