// A look at the database from the worker's side, for the doctor.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace chat {

// The last migration of sql/ that this worker relies on.
inline constexpr int required_schema_version = 25;

struct DatabaseFacts {
  std::string unreachable;  // why; then nothing else is known
  int server_version = 0;   // 150008 is 15.8
  std::string role;
  std::string encoding;
  bool standby = false;
  // Empty when there is no schema, or one so old that the role may not read it.
  std::optional<int> schema_version;
  // A notification of one session arrives in another that listens.
  bool hears_notifications = false;
  // The session is served by another process than the one that answered the login.
  bool behind_pooler = false;
  std::vector<std::string> excessive_rights;  // "may create roles"
  std::vector<std::string> missing_rights;    // "may not read chat.messages"

  // What a session of the role begins with, as PostgreSQL writes it: "fsync" is "on", times are
  // milliseconds.
  std::map<std::string, std::string> settings;
  // Connections that the chat may have beside those that others have now.
  std::optional<int> free_connections;
  std::vector<std::string> broken_indexes;  // "messages_pkey is missing"
  // By how much the last id is later than the database's clock; negative in a quiet chat.
  std::optional<std::chrono::milliseconds> ids_ahead;
  // By how much its clock is later than this host's; negative when it is earlier.
  std::chrono::milliseconds clock_ahead{0};
  // For how long the oldest message has been waiting that is not in the search index.
  std::optional<std::chrono::milliseconds> search_behind;
  // The next id would come before that of the newest message.
  bool position_behind = false;
};

// Connects a few times and leaves nothing behind. Never throws for what a database can do.
DatabaseFacts inspect_database(const std::string& conninfo);

}  // namespace chat
