// A worker's server over a real unix socket, and web servers that connect to it.
#pragma once

#include <string>

#include "chat_fixture.hpp"
#include "fastcgi_records.hpp"
#include "server/listener.hpp"
#include "server/server.hpp"
#include "temporary_directory.hpp"
#include "unix_client.hpp"

namespace chat::test {

class ServerFixture : public ChatFixture {
 public:
  explicit ServerFixture(std::size_t max_connections = 100, const std::string& scoreboard_path = "")
      : scoreboard(scoreboard_path),
        server(loop.get_executor(), listening_descriptor, router, wheel, scoreboard,
               {max_connections, {}, std::chrono::seconds{10}}) {
    server.start();
  }

  ~ServerFixture() {
    database.release();
    server.shut_down();
    waiting_room.shut_down();
    run_until([this] { return server.connections() == 0; });
    settle();
  }

  UnixClient connect() { return UnixClient(path); }

  // The next answer on the connection, whole.
  Answer answer_to(UnixClient& client) {
    Answer answer;
    run_until([&] {
      answer = parse_answer(client.received());
      return answer.bytes > 0 || client.closed();
    });
    client.take(answer.bytes);
    return answer;
  }

  void wait_until_closed(UnixClient& client) {
    run_until([&] { return client.closed(); });
  }
  void wait_for_polls(std::size_t polls) {
    run_until([this, polls] { return waiting_room.parked() == polls; });
  }
  void wait_for_connections(std::size_t connections) {
    run_until([this, connections] { return server.connections() == connections; });
    settle();
  }

 private:
  TemporaryDirectory directory_;

 public:
  const std::string path = directory_.path_of("socket");
  Listener listener = Listener::at_path(path);
  const int listening_descriptor = listener.release();  // the server's
  Scoreboard scoreboard;
  MessageStreams streams{service, wheel, {}};
  Handlers handlers{service, streams, scoreboard};
  Router router{handlers};
  Server server;
};

inline std::string get_messages(const std::string& query = {}, std::uint16_t id = 1,
                                bool keep = true) {
  const Params params = {
      {"REQUEST_METHOD", "GET"}, {"DOCUMENT_URI", "/messages"}, {"QUERY_STRING", query}};
  return request(params, {}, id, keep);
}

inline std::string post_message(const std::string& body) {
  const Params params = {{"REQUEST_METHOD", "POST"},
                         {"DOCUMENT_URI", "/messages"},
                         {"CONTENT_TYPE", "application/json"}};
  return request(params, R"({"body":")" + body + R"("})");
}

inline bool contains(const Answer& answer, const std::string& text) {
  return answer.text.find(text) != std::string::npos;
}

inline bool has_status(const Answer& answer, const std::string& status) {
  return answer.text.find("Status: " + status) == 0;
}

}  // namespace chat::test
