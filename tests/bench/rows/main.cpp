// Reads all messages of a room in pages with libpq alone: what the database and its protocol cost,
// to compare the way through worker and nginx with. Prints one line of JSON.

#include <postgresql/libpq-fe.h>

#include <atomic>
#include <boost/program_options.hpp>
#include <chrono>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace options = boost::program_options;

struct Options {
  std::string database;
  std::string room;
  int readers = 1;
  int limit = 1000;
};

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Connection = std::unique_ptr<PGconn, Finish>;
using Result = std::unique_ptr<PGresult, Clear>;

void check(const Result& result, ExecStatusType expected) {
  if (PQresultStatus(result.get()) != expected) {
    throw std::runtime_error(PQresultErrorMessage(result.get()));
  }
}

// The statement that workers read with.
Connection connect(const Options& options) {
  Connection connection(PQconnectdb(options.database.c_str()));
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    throw std::runtime_error(PQerrorMessage(connection.get()));
  }
  check(Result(PQprepare(connection.get(), "find_after",
                         "SELECT id, room, author, body FROM chat.messages"
                         " WHERE room = $1 AND id > $2::uuid ORDER BY id LIMIT $3::bigint",
                         0, nullptr)),
        PGRES_COMMAND_OK);
  return connection;
}

long read_all(PGconn* connection, const Options& options) {
  const std::string limit = std::to_string(options.limit);
  std::string after = "00000000-0000-0000-0000-000000000000";
  long messages = 0;
  for (;;) {
    const char* values[] = {options.room.c_str(), after.c_str(), limit.c_str()};
    const Result page(PQexecPrepared(connection, "find_after", 3, values, nullptr, nullptr, 0));
    check(page, PGRES_TUPLES_OK);
    const int rows = PQntuples(page.get());
    messages += rows;
    if (rows < options.limit) return messages;
    after = PQgetvalue(page.get(), rows - 1, 0);
  }
}

Options read_options(int argc, char** argv) {
  Options read;
  options::options_description known("Options");
  known.add_options()("database", options::value(&read.database)->required(), "")(
      "room", options::value(&read.room)->required(), "")(
      "readers", options::value(&read.readers), "")("limit", options::value(&read.limit), "");
  options::variables_map given;
  options::store(options::parse_command_line(argc, argv, known), given);
  options::notify(given);
  return read;
}

// Connecting is no part of it: workers are connected too.
void run(const Options& options) {
  std::vector<Connection> connections;
  for (int i = 0; i < options.readers; ++i) connections.push_back(connect(options));
  std::atomic<long> messages = 0;
  std::atomic<int> failed = 0;
  const auto began = std::chrono::steady_clock::now();
  std::vector<std::thread> readers;
  for (const Connection& connection : connections) {
    readers.emplace_back([&options, &messages, &failed, session = connection.get()] {
      try {
        messages += read_all(session, options);
      } catch (const std::exception&) {
        ++failed;
      }
    });
  }
  for (std::thread& reader : readers) reader.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::cout << R"({"messages":)" << messages << R"(,"failed":)" << failed << R"(,"seconds":)"
            << took.count() << "}" << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(read_options(argc, argv));
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << "bench-rows: " << error.what() << std::endl;
    return EXIT_FAILURE;
  }
}
