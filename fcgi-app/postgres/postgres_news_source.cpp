#include "postgres/postgres_news_source.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "log.hpp"
#include "postgres/rows.hpp"

namespace chat {
namespace {

using std::chrono::microseconds;

// Until the database is back.
constexpr std::chrono::milliseconds reconnect_interval{200};
constexpr const char* channel_name = "chat_messages";

constexpr PreparedStatement statements[] = {
    // The first row is the state: one statement, and so one snapshot with the news. A position is
    // behind no id that it has been given for. The eighth column says what a row is.
    {"find_news",
     "SELECT (lpad(to_hex(position.last_value), 16, '0') || repeat('f', 16))::uuid,"
     " chat.lineage(), removals.count::text, removals.newest::text, NULL::uuid,"
     " EXISTS (SELECT FROM chat.handed_over), NULL,"
     " chat.epoch()"
     " FROM chat.removals, chat.last_position AS position"
     " UNION ALL (SELECT id, room, author, body, version, deleted, signed_in, 'new'"
     " FROM chat.messages WHERE id > $1::uuid ORDER BY id LIMIT $2::bigint)"
     " UNION ALL (SELECT id, room, author, body, version, deleted, signed_in, 'changed'"
     " FROM chat.messages WHERE version > $1::uuid ORDER BY version LIMIT $2::bigint)"},
    {"find_newest",
     "SELECT id, room, author, body, version, deleted, signed_in FROM ("
     "  SELECT *, sum(octet_length(body)) OVER (ORDER BY id DESC ROWS UNBOUNDED PRECEDING)"
     "    AS bytes FROM ("
     "    SELECT * FROM chat.messages ORDER BY id DESC LIMIT $1::bigint) AS found) AS counted"
     " WHERE bytes <= $2::bigint ORDER BY id"},
    {"last_position",
     "SELECT greatest((SELECT id FROM chat.messages ORDER BY id DESC LIMIT 1),"
     " (SELECT version FROM chat.messages WHERE version IS NOT NULL"
     "   ORDER BY version DESC LIMIT 1))"},
    {"note_another_history", "SELECT chat.note_another_history()"},
    {"clock", "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"},
};

microseconds unix_time() {
  return std::chrono::duration_cast<microseconds>(
      std::chrono::system_clock::now().time_since_epoch());
}

}  // namespace

// The notification says only "look": what is new is read from the table.
class PostgresNewsSource::Receiver : public pqxx::notification_receiver {
 public:
  explicit Receiver(pqxx::connection& connection)
      : pqxx::notification_receiver(connection, channel_name) {}

  void operator()(const std::string&, int) override {}
};

PostgresNewsSource::PostgresNewsSource(std::string conninfo)
    : session_(std::move(conninfo), statements) {
  // LISTEN comes before the first look on a connection: what is stored between the two is seen by
  // one of them.
  session_.on_connect = [this](pqxx::connection& connection) { listen(connection); };
  session_.on_disconnect = [this] { receiver_.reset(); };
}

PostgresNewsSource::~PostgresNewsSource() { receiver_.reset(); }

void PostgresNewsSource::listen(pqxx::connection& connection) {
  try {
    receiver_ = std::make_unique<Receiver>(connection);
  } catch (const pqxx::sql_error& refusal) {
    // A hot standby refuses it. The look each second is enough.
    if (!refusal_logged_) log_warning("LISTEN was refused", {{"error", refusal.what()}});
    refusal_logged_ = true;
  }
}

News PostgresNewsSource::find_news(const MessageId& after, std::size_t limit) {
  const pqxx::result rows = session_.execute([&](pqxx::nontransaction& session) {
    return session.exec_prepared("find_news", format_message_id(after), limit);
  });
  if (rows.empty()) throw StoreUnavailable("chat.removals has no row");
  const auto& state = rows[0];
  const auto newest_removed = parse_message_id(state[3].c_str());
  News news;
  news.state = {state[1].c_str(),
                session_.connections(),
                id_of(state[0]),
                state[2].as<std::int64_t>(),
                newest_removed.value_or(max_message_id),
                state[message_columns].c_str(),
                state[5].as<bool>()};
  for (auto row = rows.begin() + 1; row != rows.end(); ++row) {
    const bool is_new = std::string_view((*row)[message_columns].c_str()) == "new";
    (is_new ? news.messages : news.changes).push_back(message_of(*row));
  }
  return news;
}

std::vector<MessagePtr> PostgresNewsSource::find_newest(const PageLimits& limits) {
  return messages_of(session_.execute([&](pqxx::nontransaction& session) {
    return session.exec_prepared("find_newest", limits.messages, limits.bytes);
  }));
}

MessageId PostgresNewsSource::last_position() {
  const pqxx::result rows = session_.execute(
      [](pqxx::nontransaction& session) { return session.exec_prepared("last_position"); });
  return rows.empty() || rows[0][0].is_null() ? nil_message_id : id_of(rows[0][0]);
}

void PostgresNewsSource::note_another_history() {
  session_.execute(
      [](pqxx::nontransaction& session) { return session.exec_prepared("note_another_history"); });
}

// The database read its clock somewhere within the call; the middle is the best guess, and the
// shortest of a few calls the best of guesses.
microseconds PostgresNewsSource::clock_offset() {
  constexpr int calls = 3;
  microseconds offset{0};
  auto shortest = microseconds::max();
  for (int i = 0; i < calls; ++i) {
    const microseconds before = unix_time();
    const pqxx::result rows = session_.execute(
        [](pqxx::nontransaction& session) { return session.exec_prepared("clock"); });
    const microseconds after = unix_time();
    if (after - before >= shortest) continue;
    shortest = after - before;
    offset = microseconds{rows[0][0].as<std::int64_t>()} - (before + shortest / 2);
  }
  return offset;
}

void PostgresNewsSource::wait(int wake_fd, std::chrono::milliseconds at_most) {
  // A notification that arrived with the last answer no longer makes the socket readable.
  if (has_notifications()) return;
  pqxx::connection* const connection = session_.connection();
  if (connection == nullptr) at_most = std::min(at_most, reconnect_interval);
  // poll() passes over a negative descriptor: without a connection only the time counts.
  std::array<pollfd, 2> watched = {
      pollfd{wake_fd, POLLIN, 0},
      pollfd{connection == nullptr ? -1 : connection->sock(), POLLIN, 0}};
  poll(watched.data(), watched.size(), static_cast<int>(at_most.count()));
  has_notifications();
}

// Takes what has arrived off the connection.
bool PostgresNewsSource::has_notifications() {
  if (session_.connection() == nullptr) return false;
  try {
    return session_.connection()->get_notifs() > 0;
  } catch (const pqxx::failure&) {
    // The next look finds the connection gone, reconnects and tells.
    session_.disconnect();
    return false;
  }
}

}  // namespace chat
