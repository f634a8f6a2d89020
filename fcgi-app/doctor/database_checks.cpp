#include "doctor/database_checks.hpp"

#include "doctor/database_condition_checks.hpp"

namespace chat {
namespace {

constexpr int least_server_version = 150'000;

// 150008 is 15.8.
std::string version_text(int version) {
  return std::to_string(version / 10'000) + '.' + std::to_string(version % 10'000);
}

void check_server(const DatabaseFacts& facts, Findings& findings) {
  if (facts.server_version < least_server_version) {
    add_problem(findings, "The server is PostgreSQL " + version_text(facts.server_version) +
                              "; the chat needs 15 or newer.");
  }
  if (facts.encoding != "UTF8") {
    add_problem(findings, "The database's encoding is " + facts.encoding + "; it must be UTF8.");
  }
  if (facts.standby) {
    add_problem(findings,
                "The server is a standby: messages can be read there but not stored. Add "
                "target_session_attrs=read-write to the connection string.");
  }
}

void check_schema(const DatabaseFacts& facts, Findings& findings) {
  if (!facts.schema_version) {
    add_problem(findings,
                "The database has no schema of the chat, or one that is older than version " +
                    std::to_string(required_schema_version) + ": run sql/migrate.");
  } else if (*facts.schema_version < required_schema_version) {
    add_problem(findings, "The database's schema is at version " +
                              std::to_string(*facts.schema_version) + ", this worker needs " +
                              std::to_string(required_schema_version) + ": run sql/migrate.");
  } else if (*facts.schema_version > required_schema_version) {
    add_problem(findings, "The database's schema is at version " +
                              std::to_string(*facts.schema_version) + ", newer than the version " +
                              std::to_string(required_schema_version) +
                              " that this worker knows: install the package that made it, and "
                              "restart the workers.");
  }
}

void check_notifications(const DatabaseFacts& facts, Findings& findings) {
  if (facts.hears_notifications || facts.standby) return;
  const std::string so = " News then come with the look each second only, not at once.";
  if (facts.behind_pooler) {
    add_problem(findings,
                "The database is reached through a pooler in transaction mode (pgbouncer), where "
                "LISTEN hears nothing." +
                    so + " Connect to PostgreSQL itself, or set pool_mode=session for the chat.");
  } else {
    add_problem(findings, "Notifications of the database do not arrive." + so);
  }
}

void check_rights(const DatabaseFacts& facts, Findings& findings) {
  for (const std::string& right : facts.missing_rights) {
    add_problem(findings, "The role " + facts.role + ' ' + right +
                              ": run sql/migrate, and connect "
                              "as chat_worker.");
  }
  for (const std::string& right : facts.excessive_rights) {
    add_problem(findings, "The role " + facts.role + ' ' + right +
                              ", which a worker must not: connect as chat_worker.");
    // Who is that may do all the rest as well.
    if (right == "is a superuser") return;
  }
}

}  // namespace

Findings check_database(const DatabaseFacts& facts, std::size_t workers,
                        std::size_t connections_of_each) {
  Findings findings;
  if (!facts.unreachable.empty()) {
    add_problem(findings, "The database cannot be reached: " + facts.unreachable);
    return findings;
  }
  check_server(facts, findings);
  check_schema(facts, findings);
  check_notifications(facts, findings);
  check_rights(facts, findings);
  check_durability(facts, findings);
  check_session_settings(facts, findings);
  check_clock(facts, findings);
  check_contents(facts, findings);
  check_connections(facts, workers, connections_of_each, findings);
  if (findings.empty()) {
    add_good(findings, "The database answers as it should: PostgreSQL " +
                           version_text(facts.server_version) + ", role " + facts.role +
                           ", schema version " + std::to_string(*facts.schema_version) + '.');
  }
  return findings;
}

}  // namespace chat
