#include "bench/blocking/server.hpp"

#include <array>
#include <chrono>
#include <random>
#include <stdexcept>
#include <thread>

#include "domain/error.hpp"
#include "http/error_response.hpp"
#include "http/json.hpp"
#include "http/message_query.hpp"
#include "http/message_write.hpp"

namespace blocking {
namespace {

constexpr std::chrono::seconds pause_between_looks{1};

constexpr chat::PreparedStatement statements[] = {
    {"insert",
     "INSERT INTO chat.messages (id, room, author, body)"
     " VALUES ($1::uuid, $2, nullif($3, ''), $4)"}};

std::string param(const FCGX_Request& request, const char* name) {
  const char* value = FCGX_GetParam(name, request.envp);
  return value == nullptr ? std::string() : std::string(value);
}

std::string read_body(FCGX_Stream* in) {
  std::string body;
  std::array<char, 8192> chunk{};
  while (const int count = FCGX_GetStr(chunk.data(), chunk.size(), in)) {
    body.append(chunk.data(), static_cast<std::size_t>(count));
  }
  return body;
}

chat::Request request_of(FCGX_Request& parsed) {
  chat::Request request;
  request.method = param(parsed, "REQUEST_METHOD");
  request.path = param(parsed, "DOCUMENT_URI");
  request.query_string = param(parsed, "QUERY_STRING");
  request.content_type = param(parsed, "CONTENT_TYPE");
  request.request_id = param(parsed, "REQUEST_ID");
  request.body = read_body(parsed.in);
  return request;
}

void send(const chat::Response& response, FCGX_Stream* out) {
  std::string text = "Status: " + std::to_string(response.status);
  text += "\r\nContent-Type: ";
  text += response.content_type;
  text += "\r\nCache-Control: no-store\r\nContent-Length: ";
  text += std::to_string(response.body.size());
  text += "\r\n";
  for (const auto& [name, value] : response.headers) text += name + ": " + value + "\r\n";
  text += "\r\n" + response.body;
  FCGX_PutStr(text.data(), static_cast<int>(text.size()), out);
}

// A ULID as everybody makes it: the time of this process, and chance.
chat::MessageId mint_id() {
  static std::mt19937_64 random{std::random_device{}()};
  using std::chrono::system_clock;
  const auto ms = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(system_clock::now().time_since_epoch())
          .count());
  const std::array<std::uint64_t, 2> halves = {ms << 16 | (random() & 0xffff), random()};
  chat::MessageId id{};
  for (std::size_t i = 0; i < 16; ++i) {
    id.data[i] = static_cast<std::uint8_t>(halves[i / 8] >> (8 * (7 - i % 8)));
  }
  return id;
}

}  // namespace

Server::Server(const std::string& conninfo) : store_(conninfo), session_(conninfo, statements) {
  session_.execute([](pqxx::nontransaction& session) { return session.exec("SELECT"); });
}

void Server::run() {
  FCGX_Request parsed{};
  FCGX_InitRequest(&parsed, 0, 0);
  // Without keeping connections: a process serves one at a time, so that a connection that nginx
  // keeps would keep the process, and a request over another one would find nobody.
  while (FCGX_Accept_r(&parsed) == 0) {
    send(*answer(request_of(parsed)), parsed.out);
    FCGX_Finish_r(&parsed);
  }
}

chat::ResponsePtr Server::answer(const chat::Request& request) {
  try {
    return request.method == "POST" ? post_message(request) : get_messages(request);
  } catch (const chat::Error& error) {
    return chat::error_response(error);
  } catch (const std::exception&) {
    return chat::error_response(
        chat::Error(chat::ErrorCode::unavailable, "Unavailable: The database is out of reach"));
  }
}

chat::ResponsePtr Server::post_message(const chat::Request& request) {
  auto response = std::make_shared<chat::Response>();
  response->body = chat::render_message(insert(chat::new_message_of(request)));
  return response;
}

chat::ResponsePtr Server::get_messages(const chat::Request& request) {
  const chat::FindQuery query = chat::find_query_of(request);
  auto response = std::make_shared<chat::Response>();
  auto looks_left = query.timeout / pause_between_looks;
  for (;;) {
    const chat::PageLimits limits{query.limit};
    const chat::PagePtr page =
        chat::make_page_forwards(store_.find_after({query}, limits.bytes).front(), limits);
    if (!page->messages.empty() || looks_left-- <= 0) {
      response->body = chat::render_messages(page->messages);
      return response;
    }
    std::this_thread::sleep_for(pause_between_looks);
  }
}

chat::Message Server::insert(const chat::NewMessage& message) {
  const chat::MessageId id = mint_id();
  // Strings alone: Ubuntu's libpqxx was built as C++17 and has nothing for an optional in C++20.
  session_.execute([&](pqxx::nontransaction& session) {
    return session.exec_prepared("insert", chat::format_message_id(id), message.room,
                                 message.author.value_or(""), message.body);
  });
  return {id, message.room, message.author, message.body};
}

}  // namespace blocking
