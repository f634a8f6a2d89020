// What the worker says to PostgreSQL.
#pragma once

namespace chat {

// One statement each, in autocommit. chat.append must never be wrapped in BEGIN: its lock would be
// held while the client thinks.
inline constexpr const char* session_sql =
    "SET client_encoding = 'UTF8';"
    "SET default_transaction_isolation = 'read committed';"
    "SET statement_timeout = '5s';"
    "SET lock_timeout = '3s';"
    "SET jit = off;"
    // An answer promises durability; a stronger setting of the operator stays.
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') IN ('off', 'local');";

struct PreparedStatement {
  const char* name;
  const char* sql;
};

inline constexpr PreparedStatement prepared_statements[] = {
    {"append",
     "SELECT ordinal, id, outcome"
     " FROM chat.append($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])"},
    // At most $3 rows, and none after the first that is beyond $4 bytes of bodies: a page of long
    // messages would else bring 10 MB for 256 KB. A body that is left out is not even read, since
    // long ones are stored apart (TOAST).
    // The last column says whose page the row is of. LATERAL and LIMIT keep each look to a few
    // steps down one index, whatever the planner thinks of the others.
    {"find_after",
     "SELECT page.id, page.room, page.author, page.body, look.n"
     " FROM unnest($1::text[], $2::uuid[], $3::bigint[])"
     "   WITH ORDINALITY AS look (room, after, at_most, n)"
     " CROSS JOIN LATERAL ("
     "  SELECT id, room, author, body FROM ("
     "   SELECT *, sum(octet_length(body)) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING)"
     "     - octet_length(body) AS bytes_before FROM ("
     "     SELECT id, room, author, body FROM chat.messages"
     "     WHERE room = look.room AND id > look.after"
     "     ORDER BY id LIMIT look.at_most) AS found) AS counted"
     "  WHERE bytes_before <= $4::bigint) AS page"
     " ORDER BY look.n, page.id"},
    {"find_any_after",
     "SELECT look.n FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS look (room, after, n)"
     " CROSS JOIN LATERAL (SELECT FROM chat.messages"
     "  WHERE room = look.room AND id > look.after ORDER BY id LIMIT 1) AS newer"},
    {"find_before",
     "SELECT id, room, author, body FROM ("
     "  SELECT *, sum(octet_length(body)) OVER (ORDER BY id DESC ROWS UNBOUNDED PRECEDING)"
     "    - octet_length(body) AS bytes_before FROM ("
     "    SELECT id, room, author, body FROM chat.messages WHERE room = $1 AND id < $2::uuid"
     "    ORDER BY id DESC LIMIT $3::bigint) AS found) AS counted"
     " WHERE bytes_before <= $4::bigint ORDER BY id"},
    // The first row is the state: one statement, and so one snapshot with the news. A position is
    // behind no id that it has been given for.
    {"find_news",
     "SELECT (lpad(to_hex(position.last_value), 16, '0') || repeat('f', 16))::uuid,"
     " chat.lineage(), removals.count::text, removals.newest::text"
     " FROM chat.removals, chat.last_position AS position"
     " UNION ALL (SELECT id, room, author, body FROM chat.messages WHERE id > $1::uuid"
     " ORDER BY id LIMIT $2::bigint)"},
    {"find_newest",
     "SELECT id, room, author, body FROM ("
     "  SELECT *, sum(octet_length(body)) OVER (ORDER BY id DESC ROWS UNBOUNDED PRECEDING)"
     "    AS bytes FROM ("
     "    SELECT id, room, author, body FROM chat.messages"
     "    ORDER BY id DESC LIMIT $1::bigint) AS found) AS counted"
     " WHERE bytes <= $2::bigint ORDER BY id"},
    {"last_id", "SELECT id FROM chat.messages ORDER BY id DESC LIMIT 1"},
    {"clock", "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"},
    {"probe", "SELECT chat.probe($1::boolean)"},
    {"forget_keys", "SELECT chat.forget_keys(at_most => $1::integer)"},
};

}  // namespace chat
