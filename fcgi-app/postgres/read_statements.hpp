// The statements that look messages up. All of them answer the columns of rows.hpp first.
//
// LATERAL and LIMIT keep each look to a few steps down one index, whatever the planner thinks of
// the others: with `room = ANY (...)` it would walk all rows behind a cursor to find those of a
// quiet room. With many rooms the ids alone are found first, and the bodies of those that are left
// after. OFFSET 0 keeps that second step to one index as well.
//
// At most so many rows, and none after the first that is beyond so many bytes of bodies: a page of
// long messages would else bring 10 MB for 256 KB. A body that is left out is not even read, since
// long ones are stored apart (TOAST).
#pragma once

#include "postgres/session.hpp"

namespace chat {

inline constexpr PreparedStatement read_statements[] = {
    // Pages of many readers, each of one room; the last column says whose page the row is of.
    {"find_after_each",
     "SELECT page.*, look.n"
     " FROM unnest($1::text[], $2::uuid[], $3::bigint[])"
     "   WITH ORDINALITY AS look (room, after, at_most, n)"
     " CROSS JOIN LATERAL ("
     "  SELECT id, room, author, body, version, deleted, signed_in FROM ("
     "   SELECT *, sum(octet_length(body)) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING)"
     "     - octet_length(body) AS bytes_before FROM ("
     "     SELECT * FROM chat.messages"
     "     WHERE room = look.room AND id > look.after AND NOT deleted"
     "     ORDER BY id LIMIT look.at_most) AS found) AS counted"
     "  WHERE bytes_before <= $4::bigint) AS page"
     " ORDER BY look.n, page.id"},
    {"find_any_after",
     "SELECT look.n FROM unnest($1::text[], $2::uuid[], $3::boolean[], $4::bigint[])"
     "   AS look (room, after, changes, n)"
     " CROSS JOIN LATERAL ("
     "  (SELECT 1 FROM chat.messages WHERE room = look.room AND id > look.after"
     "    AND (look.changes OR NOT deleted) ORDER BY id LIMIT 1)"
     "  UNION ALL"
     "  (SELECT 1 FROM chat.messages WHERE look.changes AND room = look.room"
     "    AND version > look.after ORDER BY version LIMIT 1)"
     "  LIMIT 1) AS newer"},
    {"find_after",
     "WITH winner AS MATERIALIZED ("
     "  SELECT found.id FROM unnest($1::text[]) AS look (room)"
     "  CROSS JOIN LATERAL ("
     "   SELECT id FROM chat.messages WHERE room = look.room AND id > $2::uuid AND NOT deleted"
     "   ORDER BY id LIMIT $3::bigint) AS found"
     "  ORDER BY found.id LIMIT $3::bigint)"
     " SELECT id, room, author, body, version, deleted, signed_in FROM ("
     "  SELECT message.*, sum(octet_length(body)) OVER (ORDER BY message.id ROWS UNBOUNDED "
     "PRECEDING)"
     "    - octet_length(body) AS bytes_before FROM winner CROSS JOIN LATERAL ("
     "    SELECT * FROM chat.messages WHERE id = winner.id OFFSET 0) AS message) AS counted"
     " WHERE bytes_before <= $4::bigint ORDER BY id"},
    {"find_after_in_all",
     "SELECT id, room, author, body, version, deleted, signed_in FROM ("
     "  SELECT *, sum(octet_length(body)) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING)"
     "    - octet_length(body) AS bytes_before FROM ("
     "    SELECT * FROM chat.messages WHERE id > $1::uuid AND NOT deleted"
     "    ORDER BY id LIMIT $2::bigint) AS found) AS counted"
     " WHERE bytes_before <= $3::bigint ORDER BY id"},
    // By position: what was not changed stands at its id, what was at its version.
    {"find_changes",
     "WITH winner AS MATERIALIZED ("
     "  SELECT found.id, found.position FROM unnest($1::text[]) AS look (room)"
     "  CROSS JOIN LATERAL ("
     "   (SELECT id, id AS position FROM chat.messages"
     "     WHERE room = look.room AND id > $2::uuid AND version IS NULL"
     "     ORDER BY id LIMIT $3::bigint)"
     "   UNION ALL"
     "   (SELECT id, version FROM chat.messages WHERE room = look.room AND version > $2::uuid"
     "     ORDER BY version LIMIT $3::bigint)) AS found"
     "  ORDER BY found.position LIMIT $3::bigint)"
     " SELECT id, room, author, body, version, deleted, signed_in FROM ("
     "  SELECT message.*, position,"
     "    sum(octet_length(body)) OVER (ORDER BY position ROWS UNBOUNDED PRECEDING)"
     "    - octet_length(body) AS bytes_before FROM winner CROSS JOIN LATERAL ("
     "    SELECT * FROM chat.messages WHERE id = winner.id OFFSET 0) AS message) AS counted"
     " WHERE bytes_before <= $4::bigint ORDER BY position"},
    {"find_changes_in_all",
     "WITH winner AS MATERIALIZED ("
     "  (SELECT id, id AS position FROM chat.messages WHERE id > $1::uuid AND version IS NULL"
     "    ORDER BY id LIMIT $2::bigint)"
     "  UNION ALL"
     "  (SELECT id, version FROM chat.messages WHERE version > $1::uuid"
     "    ORDER BY version LIMIT $2::bigint)"
     "  ORDER BY position LIMIT $2::bigint)"
     " SELECT id, room, author, body, version, deleted, signed_in FROM ("
     "  SELECT message.*, position,"
     "    sum(octet_length(body)) OVER (ORDER BY position ROWS UNBOUNDED PRECEDING)"
     "    - octet_length(body) AS bytes_before FROM winner CROSS JOIN LATERAL ("
     "    SELECT * FROM chat.messages WHERE id = winner.id OFFSET 0) AS message) AS counted"
     " WHERE bytes_before <= $3::bigint ORDER BY position"},
    // The first row holds the position as of which the page is read: one statement, one snapshot.
    {"find_before",
     "SELECT greatest((SELECT id FROM chat.messages ORDER BY id DESC LIMIT 1),"
     "  (SELECT version FROM chat.messages WHERE version IS NOT NULL"
     "    ORDER BY version DESC LIMIT 1)), NULL, NULL, NULL, NULL::uuid, NULL, NULL"
     " UNION ALL"
     " (WITH winner AS MATERIALIZED ("
     "   SELECT found.id FROM unnest($1::text[]) AS look (room)"
     "   CROSS JOIN LATERAL ("
     "    SELECT id FROM chat.messages WHERE room = look.room AND id < $2::uuid"
     "    AND ($5::boolean OR NOT deleted) ORDER BY id DESC LIMIT $3::bigint) AS found"
     "   ORDER BY found.id DESC LIMIT $3::bigint)"
     "  SELECT id, room, author, body, version, deleted, signed_in FROM ("
     "   SELECT message.*, sum(octet_length(body)) OVER (ORDER BY message.id DESC ROWS UNBOUNDED "
     "PRECEDING)"
     "     - octet_length(body) AS bytes_before FROM winner CROSS JOIN LATERAL ("
     "     SELECT * FROM chat.messages WHERE id = winner.id OFFSET 0) AS message) AS counted"
     "  WHERE bytes_before <= $4::bigint ORDER BY id)"},
    {"find_before_in_all",
     "SELECT greatest((SELECT id FROM chat.messages ORDER BY id DESC LIMIT 1),"
     "  (SELECT version FROM chat.messages WHERE version IS NOT NULL"
     "    ORDER BY version DESC LIMIT 1)), NULL, NULL, NULL, NULL::uuid, NULL, NULL"
     " UNION ALL"
     " (SELECT id, room, author, body, version, deleted, signed_in FROM ("
     "   SELECT *, sum(octet_length(body)) OVER (ORDER BY id DESC ROWS UNBOUNDED PRECEDING)"
     "     - octet_length(body) AS bytes_before FROM ("
     "     SELECT * FROM chat.messages WHERE id < $1::uuid AND ($4::boolean OR NOT deleted)"
     "     ORDER BY id DESC LIMIT $2::bigint) AS found) AS counted"
     "  WHERE bytes_before <= $3::bigint ORDER BY id)"},
    // From one room to the next and to its newest message down the index of pages, three steps for
    // each, however many messages there are; and the rooms of which nothing is left.
    {"find_rooms",
     "WITH RECURSIVE spoken (room, n) AS ("
     "  (SELECT room, 1 FROM chat.messages WHERE room > $1 ORDER BY room LIMIT 1)"
     "  UNION ALL"
     "  SELECT next.room, spoken.n + 1 FROM spoken CROSS JOIN LATERAL ("
     "    SELECT room FROM chat.messages WHERE room > spoken.room ORDER BY room LIMIT 1) AS next"
     "  WHERE spoken.n < $2::integer),"
     " listed AS (SELECT room FROM (SELECT room FROM spoken UNION ("
     "    SELECT room FROM chat.rooms WHERE room > $1 ORDER BY room LIMIT $2::integer)) AS named"
     "  ORDER BY room LIMIT $2::integer)"
     " SELECT listed.room, newest.id, unread.count FROM listed"
     " LEFT JOIN LATERAL (SELECT id FROM chat.messages AS m"
     "  WHERE m.room = listed.room AND NOT m.deleted ORDER BY id DESC LIMIT 1) AS newest ON true"
     " LEFT JOIN unnest($3::text[], $4::uuid[]) AS seen (room, id) ON seen.room = listed.room"
     " LEFT JOIN LATERAL (SELECT count(*) FROM (SELECT FROM chat.messages AS m"
     "  WHERE m.room = seen.room AND m.id > seen.id AND NOT m.deleted"
     "    AND (m.signed_in AND m.author = $6) IS NOT TRUE LIMIT $5::integer) AS later) AS unread"
     "  ON seen.room IS NOT NULL"
     " ORDER BY listed.room"},
    // A hit whose message is gone has its id alone.
    {"search",
     "SELECT hit.id, m.room, m.author, m.body, m.version, m.deleted, m.signed_in"
     " FROM chat.search($1::text[], $2::text[], $3::uuid, $4::integer) AS hit (id)"
     " LEFT JOIN LATERAL (SELECT * FROM chat.messages WHERE id = hit.id AND NOT deleted OFFSET 0)"
     "  AS m ON true"
     " ORDER BY hit.id DESC"},
};

}  // namespace chat
