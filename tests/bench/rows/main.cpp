// Reads all messages of a room in pages, or stores messages one after the other, with libpq alone:
// what the database and its protocol cost, to compare the way through worker and nginx with. Prints
// one line of JSON.

#include <postgresql/libpq-fe.h>
#include <unistd.h>

#include <algorithm>
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
  int appends = 0;  // instead of reading
  int pause_ms = 0;
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

Connection connect(const Options& options) {
  Connection connection(PQconnectdb(options.database.c_str()));
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    throw std::runtime_error(PQerrorMessage(connection.get()));
  }
  return connection;
}

// The statement that workers read with.
Connection connect_reader(const Options& options) {
  Connection connection = connect(options);
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
      "readers", options::value(&read.readers), "")("limit", options::value(&read.limit), "")(
      "appends", options::value(&read.appends), "")("pause-ms", options::value(&read.pause_ms), "");
  options::variables_map given;
  options::store(options::parse_command_line(argc, argv, known), given);
  options::notify(given);
  return read;
}

// With the statement that workers store with: how long one message takes that comes alone.
void append_all(const Options& options) {
  const Connection connection = connect(options);
  check(Result(PQprepare(connection.get(), "append",
                         "SELECT * FROM chat.append(ARRAY[$1], ARRAY[$2], '{NULL}', '{\"\"}',"
                         " ARRAY[$3], '{NULL}')",
                         0, nullptr)),
        PGRES_COMMAND_OK);
  const std::string body(100, 'x');
  const std::string unique = options.room + std::to_string(getpid()) + "-";
  std::vector<double> times_us;
  for (int i = 0; i < options.appends; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(options.pause_ms));
    const std::string key = unique + std::to_string(i);
    const char* values[] = {body.c_str(), options.room.c_str(), key.c_str()};
    const auto began = std::chrono::steady_clock::now();
    check(Result(PQexecPrepared(connection.get(), "append", 3, values, nullptr, nullptr, 0)),
          PGRES_TUPLES_OK);
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - began;
    times_us.push_back(took.count());
  }
  std::sort(times_us.begin(), times_us.end());
  std::cout << R"({"count":)" << times_us.size() << R"(,"p50_us":)" << times_us[times_us.size() / 2]
            << "}" << std::endl;
}

// Connecting is no part of it: workers are connected too.
void read_with_all(const Options& options) {
  std::vector<Connection> connections;
  for (int i = 0; i < options.readers; ++i) connections.push_back(connect_reader(options));
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
    const Options options = read_options(argc, argv);
    options.appends > 0 ? append_all(options) : read_with_all(options);
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << "bench-rows: " << error.what() << std::endl;
    return EXIT_FAILURE;
  }
}
