// What one process does with one request after the other: the plain way of waiting, which is to
// sleep and to look again.
#pragma once

#include <fcgiapp.h>

#include <optional>
#include <string>

#include "domain/message.hpp"
#include "http/request.hpp"
#include "http/response.hpp"
#include "postgres/postgres_read_store.hpp"
#include "postgres/session.hpp"

namespace blocking {

class Server {
 public:
  // Connects to the database. Throws chat::StoreUnavailable.
  explicit Server(const std::string& conninfo);

  // Serves the socket on standard input. Returns when accepting fails.
  void run();

 private:
  chat::ResponsePtr answer(const chat::Request& request);
  chat::ResponsePtr post_message(const chat::Request& request);
  chat::ResponsePtr get_messages(const chat::Request& request);
  // With an id of this process, in a transaction of its own; empty when the database fails.
  chat::Message insert(const chat::NewMessage& message);

  chat::PostgresReadStore store_;
  chat::Session session_;
};

}  // namespace blocking
