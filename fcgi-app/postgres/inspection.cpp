#include "postgres/inspection.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdint>

#include "postgres/error_text.hpp"
#include "postgres/pqxx.hpp"

namespace chat {
namespace {

// A notification takes a millisecond; who has not heard it by then will not.
constexpr std::chrono::seconds notification_patience{3};

// What a worker calls, as an array.
constexpr const char* worker_functions =
    "{append,change,do_what_was_handed_over,epoch,find_changed_by_hand,find_unindexed,forget_keys,"
    "index_again,index_messages,lineage,note_another_history,probe,search,search_behind,"
    "take_search_turn,turn_follows}";

// Of the role that logged in, because that is what a session can always become again.
constexpr const char* excessive_rights_sql = R"(
  SELECT phrase FROM (
    SELECT 1, 'is a superuser' FROM pg_roles WHERE rolname = session_user AND rolsuper
    UNION ALL SELECT 2, 'may create roles' FROM pg_roles
      WHERE rolname = session_user AND rolcreaterole
    UNION ALL SELECT 3, 'may create databases' FROM pg_roles
      WHERE rolname = session_user AND rolcreatedb
    UNION ALL SELECT 4, 'may replicate' FROM pg_roles
      WHERE rolname = session_user AND rolreplication
    UNION ALL SELECT 5, 'may pass over row security' FROM pg_roles
      WHERE rolname = session_user AND rolbypassrls
    UNION ALL SELECT 6, 'may become ' || rolname FROM pg_roles
      WHERE rolname IN (SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'chat'
                        UNION SELECT pg_get_userbyid(datdba) FROM pg_database
                        WHERE datname = current_database())
        AND pg_has_role(session_user, oid, 'MEMBER')
    UNION ALL SELECT 7, 'may make schemas in the database'
      WHERE has_database_privilege(session_user, current_database(), 'CREATE')
    UNION ALL SELECT 8, 'may make things in the schema chat' FROM pg_namespace
      WHERE nspname = 'chat' AND has_schema_privilege(session_user, oid, 'CREATE')
    UNION ALL SELECT 9, 'may write to chat.' || relname || ' without chat.append' FROM pg_class
      WHERE relnamespace = to_regnamespace('chat') AND relkind IN ('r', 'p', 'v')
        AND has_table_privilege(session_user, oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
    UNION ALL SELECT 10, 'may read chat.idempotency_keys' FROM pg_class
      WHERE relnamespace = to_regnamespace('chat') AND relname = 'idempotency_keys'
        AND has_table_privilege(session_user, oid, 'SELECT')
    UNION ALL SELECT 11, 'may set the sequence chat.' || relname FROM pg_class
      WHERE relnamespace = to_regnamespace('chat') AND relkind = 'S'
        AND has_sequence_privilege(session_user, oid, 'UPDATE')
    UNION ALL SELECT 12, 'may call chat.' || proname FROM pg_proc
      WHERE pronamespace = to_regnamespace('chat')
        AND proname <> 'created_at' AND proname::text <> ALL ($1::text[])
        AND has_function_privilege(session_user, oid, 'EXECUTE')
  ) AS rights (rank, phrase) ORDER BY rank, phrase)";

constexpr const char* missing_rights_sql = R"(
  SELECT 'may not read chat.messages' FROM pg_class
    WHERE relnamespace = to_regnamespace('chat') AND relname = 'messages'
      AND NOT has_table_privilege(oid, 'SELECT')
  UNION ALL SELECT 'may not call chat.' || proname FROM pg_proc
    WHERE pronamespace = to_regnamespace('chat')
      AND proname::text = ANY ($1::text[])
      AND NOT has_function_privilege(oid, 'EXECUTE'))";

constexpr const char* settings_sql = R"(
  SELECT name, setting FROM pg_settings
  WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit',
                 'default_transaction_isolation', 'default_transaction_read_only',
                 'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'))";

// The least of what the server, the database and the role allow, without the sessions of others.
constexpr const char* free_connections_sql = R"(
  SELECT least(
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
      - coalesce(current_setting('reserved_connections', true)::int, 0)
      - (SELECT count(*) FROM pg_stat_activity
         WHERE usename <> session_user AND datname IS NOT NULL),
    (SELECT CASE WHEN datconnlimit < 0 THEN NULL ELSE datconnlimit END
     FROM pg_database WHERE datname = current_database()),
    (SELECT CASE WHEN rolconnlimit < 0 THEN NULL ELSE rolconnlimit END
     FROM pg_roles WHERE rolname = session_user)))";

// Without one of them every look walks the table, or a key is stored twice.
constexpr const char* broken_indexes_sql = R"(
  SELECT wanted.name || CASE WHEN kept.oid IS NULL THEN ' is missing' ELSE ' is invalid' END
  FROM (VALUES ('messages_pkey'), ('messages_room_id'), ('messages_room_version'),
    ('messages_version'), ('keys_are_unique'), ('keys_message_id'))
    AS wanted (name)
  LEFT JOIN pg_class AS kept
    ON kept.relnamespace = to_regnamespace('chat') AND kept.relname = wanted.name
  LEFT JOIN pg_index AS state ON state.indexrelid = kept.oid
  WHERE kept.oid IS NULL OR NOT (state.indisvalid AND state.indisready)
  UNION SELECT relname || ' is invalid' FROM pg_index JOIN pg_class ON oid = indexrelid
  WHERE relnamespace = to_regnamespace('chat') AND NOT (indisvalid AND indisready)
  ORDER BY 1)";

// A position is milliseconds * 65536 and a counter; an id begins with it.
constexpr const char* position_sql = R"(
  SELECT (last_value >> 16) - floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint,
         coalesce(last_value < ('x' || left(replace(newest.id::text, '-', ''), 16))::bit(64)::bigint,
                  false)
  FROM chat.last_position
  LEFT JOIN (SELECT id FROM chat.messages ORDER BY id DESC LIMIT 1) AS newest ON true)";

constexpr const char* search_behind_sql =
    "SELECT floor(extract(epoch FROM chat.search_behind()) * 1000)::bigint";

std::vector<std::string> texts_of(const pqxx::result& rows) {
  std::vector<std::string> texts;
  for (const auto& row : rows) texts.emplace_back(row[0].c_str());
  return texts;
}

template <class... Parameters>
pqxx::result query(pqxx::connection& connection, const std::string& sql,
                   const Parameters&... parameters) {
  return pqxx::nontransaction(connection).exec_params(sql, parameters...);
}

std::optional<int> schema_version(pqxx::connection& connection) {
  try {
    const pqxx::result rows = query(connection, "SELECT max(version) FROM chat.schema_migrations");
    if (rows[0][0].is_null()) return std::nullopt;
    return rows[0][0].as<int>();
  } catch (const pqxx::sql_error&) {
    return std::nullopt;
  }
}

// What is not known stays so: the findings about schema and rights say why.
void inspect_contents(pqxx::connection& connection, DatabaseFacts& facts) {
  try {
    facts.broken_indexes = texts_of(query(connection, broken_indexes_sql));
    const pqxx::result rows = query(connection, position_sql);
    facts.ids_ahead = std::chrono::milliseconds{rows[0][0].as<std::int64_t>()};
    facts.position_behind = rows[0][1].as<bool>();
    facts.search_behind =
        std::chrono::milliseconds{query(connection, search_behind_sql)[0][0].as<std::int64_t>()};
  } catch (const pqxx::sql_error&) {
    return;
  }
}

void inspect_server(pqxx::connection& connection, DatabaseFacts& facts) {
  for (const auto& row : query(connection, settings_sql)) {
    facts.settings[row[0].c_str()] = row[1].c_str();
  }
  facts.free_connections = query(connection, free_connections_sql)[0][0].as<int>();
}

// Before and after are as far apart as the question took; the middle is what is compared.
std::chrono::milliseconds clock_ahead(pqxx::connection& connection) {
  using Clock = std::chrono::system_clock;
  const auto before = Clock::now().time_since_epoch();
  const pqxx::result rows =
      query(connection, "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint");
  const auto middle = (before + Clock::now().time_since_epoch()) / 2;
  return std::chrono::milliseconds{rows[0][0].as<std::int64_t>()} -
         std::chrono::duration_cast<std::chrono::milliseconds>(middle);
}

class Receiver : public pqxx::notification_receiver {
 public:
  using pqxx::notification_receiver::notification_receiver;
  void operator()(const std::string&, int) override { heard = true; }
  bool heard = false;
};

// From another session: one that notifies itself hears that even where nobody else is heard.
bool hears_notifications(pqxx::connection& listening, const std::string& conninfo) {
  using Clock = std::chrono::steady_clock;
  const std::string channel = "chat_check_" + std::to_string(getpid()) + '_' +
                              std::to_string(Clock::now().time_since_epoch().count());
  try {
    Receiver receiver(listening, channel);
    pqxx::connection notifying(conninfo);
    query(notifying, "SELECT pg_notify('" + channel + "', '')");
    const Clock::time_point end = Clock::now() + notification_patience;
    while (!receiver.heard && Clock::now() < end) listening.await_notification(0, 100'000);
    return receiver.heard;
  } catch (const pqxx::sql_error&) {
    return false;  // a standby refuses LISTEN
  }
}

}  // namespace

DatabaseFacts inspect_database(const std::string& conninfo) {
  DatabaseFacts facts;
  try {
    pqxx::connection connection(conninfo);
    const pqxx::result rows =
        query(connection,
              "SELECT current_setting('server_version_num'), session_user, pg_is_in_recovery(),"
              " current_setting('server_encoding'), pg_backend_pid()");
    facts.server_version = rows[0][0].as<int>();
    facts.role = rows[0][1].c_str();
    facts.standby = rows[0][2].as<bool>();
    facts.encoding = rows[0][3].c_str();
    facts.behind_pooler = rows[0][4].as<int>() != connection.backendpid();
    facts.schema_version = schema_version(connection);
    facts.excessive_rights = texts_of(query(connection, excessive_rights_sql, worker_functions));
    facts.missing_rights = texts_of(query(connection, missing_rights_sql, worker_functions));
    inspect_server(connection, facts);
    facts.clock_ahead = clock_ahead(connection);
    if (facts.schema_version) inspect_contents(connection, facts);
    facts.hears_notifications = hears_notifications(connection, conninfo);
  } catch (const pqxx::failure& failure) {
    facts.unreachable = one_line(failure.what());
  }
  return facts;
}

}  // namespace chat
