#include "postgres/postgres_read_store.hpp"

#include "postgres/array_literal.hpp"
#include "postgres/read_statements.hpp"
#include "postgres/rows.hpp"

namespace chat {
namespace {

// Of one room and without changes: so cheap that many share a statement.
bool is_plain(const FindQuery& query) { return query.rooms.is_one() && !query.changes; }

// One more than fits tells whether there is more.
std::size_t rows_for(const FindQuery& query) { return query.limit + 1; }

std::string array_of(const RoomSet& rooms) {
  ArrayLiteral names;
  for (const std::string_view name : rooms.names()) names.push_back(std::string(name));
  return names.text();
}

}  // namespace

PostgresReadStore::PostgresReadStore(std::string conninfo)
    : session_(std::move(conninfo), read_statements) {}

std::vector<std::vector<MessagePtr>> PostgresReadStore::find_after(
    const std::vector<FindQuery>& queries, std::size_t page_bytes) {
  std::vector<std::vector<MessagePtr>> found(queries.size());
  std::vector<std::size_t> plain;
  ArrayLiteral rooms;
  ArrayLiteral cursors;
  ArrayLiteral limits;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const FindQuery& query = queries[i];
    if (!is_plain(query)) {
      found[i] = find_after_one(query, page_bytes);
      continue;
    }
    plain.push_back(i);
    rooms.push_back(query.rooms.text());
    cursors.push_back(format_message_id(query.after));
    limits.push_back(std::to_string(rows_for(query)));
  }
  if (plain.empty()) return found;
  const pqxx::result rows = session_.execute([&](pqxx::nontransaction& session) {
    return session.exec_prepared("find_after_each", rooms.text(), cursors.text(), limits.text(),
                                 page_bytes);
  });
  for (const auto& row : rows) {
    found[plain.at(row[message_columns].as<std::size_t>() - 1)].push_back(message_of(row));
  }
  return found;
}

std::vector<MessagePtr> PostgresReadStore::find_after_one(const FindQuery& query,
                                                          std::size_t page_bytes) {
  return messages_of(session_.execute([&](pqxx::nontransaction& session) {
    const std::string after = format_message_id(query.after);
    if (query.rooms.is_all()) {
      return session.exec_prepared(query.changes ? "find_changes_in_all" : "find_after_in_all",
                                   after, rows_for(query), page_bytes);
    }
    return session.exec_prepared(query.changes ? "find_changes" : "find_after",
                                 array_of(query.rooms), after, rows_for(query), page_bytes);
  }));
}

std::vector<bool> PostgresReadStore::find_any_after(const std::vector<FindQuery>& queries) {
  ArrayLiteral rooms;
  ArrayLiteral cursors;
  ArrayLiteral changes;
  ArrayLiteral askers;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    for (const std::string_view name : queries[i].rooms.names()) {
      rooms.push_back(std::string(name));
      cursors.push_back(format_message_id(queries[i].after));
      changes.push_back(std::string(queries[i].changes ? "t" : "f"));
      askers.push_back(std::to_string(i));
    }
  }
  const pqxx::result rows = session_.execute([&](pqxx::nontransaction& session) {
    return session.exec_prepared("find_any_after", rooms.text(), cursors.text(), changes.text(),
                                 askers.text());
  });
  std::vector<bool> any(queries.size());
  for (const auto& row : rows) any.at(row[0].as<std::size_t>()) = true;
  return any;
}

OlderMessages PostgresReadStore::find_before(const FindQuery& query, std::size_t page_bytes) {
  const pqxx::result rows = session_.execute([&](pqxx::nontransaction& session) {
    const std::string before = format_message_id(query.before.value_or(max_message_id));
    if (query.rooms.is_all()) {
      return session.exec_prepared("find_before_in_all", before, rows_for(query), page_bytes,
                                   query.changes);
    }
    return session.exec_prepared("find_before", array_of(query.rooms), before, rows_for(query),
                                 page_bytes, query.changes);
  });
  if (rows.empty()) throw StoreUnavailable("the database answered a page without its position");
  OlderMessages found;
  found.messages = messages_of(rows, 1);
  if (!rows[0][0].is_null()) found.position = id_of(rows[0][0]);
  return found;
}

SearchHits PostgresReadStore::search(const FindQuery& query, const MessageId& before,
                                     std::size_t at_most) {
  ArrayLiteral tokens;
  for (const std::string& token : query.search->tokens) tokens.push_back(token);
  ArrayLiteral rooms;
  for (const std::string_view name : query.rooms.names()) {
    rooms.push_back(search_token_of_room(name));
  }
  const std::optional<std::string> any_room =
      query.rooms.is_all() ? std::nullopt : std::optional(rooms.text());
  const pqxx::result rows = session_.execute([&](pqxx::nontransaction& session) {
    return session.exec_prepared("search", tokens.text(), any_room, format_message_id(before),
                                 at_most);
  });
  SearchHits hits;
  hits.count = static_cast<std::size_t>(rows.size());
  for (const auto& row : rows) {
    hits.last = id_of(row[0]);
    if (!row[1].is_null()) hits.messages.push_back(message_of(row));
  }
  return hits;
}

RoomsPage PostgresReadStore::find_rooms(const RoomsQuery& query) {
  ArrayLiteral rooms;
  ArrayLiteral places;
  for (const auto& [room, id] : query.seen) {
    rooms.push_back(room);
    places.push_back(format_message_id(id));
  }
  const pqxx::result rows = session_.execute([&](pqxx::nontransaction& session) {
    return session.exec_prepared("find_rooms", query.after, query.limit + 1, rooms.text(),
                                 places.text(), max_unread, query.user);
  });
  RoomsPage page;
  for (const auto& row : rows) {
    if (page.rooms.size() == query.limit) {
      page.more = true;
      break;
    }
    RoomSummary& summary = page.rooms.emplace_back();
    summary.room.assign(row[0].c_str(), row[0].size());
    if (!row[1].is_null()) summary.newest = id_of(row[1]);
    if (!row[2].is_null()) summary.unread = row[2].as<int>();
  }
  return page;
}

}  // namespace chat
