#include "postgres/postgres_read_store.hpp"

#include "postgres/array_literal.hpp"
#include "postgres/rows.hpp"

namespace chat {
namespace {

constexpr PreparedStatement statements[] = {
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
};

// Rooms and cursors of many looks, as the arrays that a statement takes apart again.
struct LookArrays {
  explicit LookArrays(const std::vector<FindQuery>& queries) {
    for (const FindQuery& query : queries) {
      rooms.push_back(query.room);
      cursors.push_back(format_message_id(query.after));
      // One more than fits tells whether there is more.
      limits.push_back(std::to_string(query.limit + 1));
    }
  }
  ArrayLiteral rooms;
  ArrayLiteral cursors;
  ArrayLiteral limits;
};

}  // namespace

PostgresReadStore::PostgresReadStore(std::string conninfo)
    : session_(std::move(conninfo), statements) {}

std::vector<std::vector<MessagePtr>> PostgresReadStore::find_after(
    const std::vector<FindQuery>& queries, std::size_t page_bytes) {
  const LookArrays looks(queries);
  const pqxx::result rows = session_.execute([&](pqxx::nontransaction& session) {
    return session.exec_prepared("find_after", looks.rooms.text(), looks.cursors.text(),
                                 looks.limits.text(), page_bytes);
  });
  std::vector<std::vector<MessagePtr>> found(queries.size());
  for (const auto& row : rows) {
    found.at(row[4].as<std::size_t>() - 1).push_back(message_of(row));
  }
  return found;
}

std::vector<bool> PostgresReadStore::find_any_after(const std::vector<FindQuery>& queries) {
  const LookArrays looks(queries);
  const pqxx::result rows = session_.execute([&](pqxx::nontransaction& session) {
    return session.exec_prepared("find_any_after", looks.rooms.text(), looks.cursors.text());
  });
  std::vector<bool> any(queries.size());
  for (const auto& row : rows) any.at(row[0].as<std::size_t>() - 1) = true;
  return any;
}

std::vector<MessagePtr> PostgresReadStore::find_before(const std::string& room,
                                                       const MessageId& before,
                                                       const PageLimits& limits) {
  return messages_of(session_.execute([&](pqxx::nontransaction& session) {
    return session.exec_prepared("find_before", room, format_message_id(before),
                                 limits.messages + 1, limits.bytes);
  }));
}

}  // namespace chat
