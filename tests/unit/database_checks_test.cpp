#include "doctor/database_checks.hpp"

#include <functional>

#include "catch.hpp"

using namespace chat;

namespace {

DatabaseFacts healthy() {
  DatabaseFacts facts;
  facts.server_version = 150'008;
  facts.role = "chat_worker";
  facts.encoding = "UTF8";
  facts.schema_version = required_schema_version;
  facts.hears_notifications = true;
  return facts;
}

// All that is said, a line each.
std::string said_of(const std::function<void(DatabaseFacts&)>& spoil) {
  DatabaseFacts facts = healthy();
  spoil(facts);
  std::string text;
  for (const auto& [kind, sentence] : check_database(facts)) {
    text += (kind == Finding::Kind::problem ? "problem: " : "good: ") + sentence + '\n';
  }
  return text;
}

bool is_problem(const std::string& said, const std::string& part) {
  CAPTURE(said);
  CHECK(said.find(part) != std::string::npos);
  return said.starts_with("problem: ");
}

}  // namespace

TEST_CASE("A database as it should be is good") {
  CHECK(said_of([](DatabaseFacts&) {}) ==
        "good: The database answers as it should: PostgreSQL 15.8, role chat_worker, schema "
        "version " +
            std::to_string(required_schema_version) + ".\n");
}

TEST_CASE("Each thing that is wrong with a database is a sentence") {
  CHECK(said_of([](DatabaseFacts& facts) { facts.unreachable = "nobody there"; }) ==
        "problem: The database cannot be reached: nobody there\n");
  CHECK(is_problem(said_of([](DatabaseFacts& facts) { facts.server_version = 140'011; }),
                   "PostgreSQL 14.11; the chat needs 15"));
  CHECK(is_problem(said_of([](DatabaseFacts& facts) { facts.encoding = "LATIN1"; }), "LATIN1"));
  CHECK(is_problem(said_of([](DatabaseFacts& facts) { facts.standby = true; }), "standby"));
  CHECK(is_problem(said_of([](DatabaseFacts& facts) { facts.schema_version.reset(); }),
                   "run sql/migrate"));
  CHECK(is_problem(said_of([](DatabaseFacts& facts) { --*facts.schema_version; }),
                   "this worker needs " + std::to_string(required_schema_version)));
  CHECK(is_problem(said_of([](DatabaseFacts& facts) { facts.hears_notifications = false; }),
                   "do not arrive"));
  CHECK(is_problem(said_of([](DatabaseFacts& facts) {
                     facts.hears_notifications = false;
                     facts.behind_pooler = true;
                   }),
                   "pooler in transaction mode"));
  CHECK(is_problem(said_of([](DatabaseFacts& facts) { facts.missing_rights = {"may not x"}; }),
                   "The role chat_worker may not x"));
}

TEST_CASE("Of a superuser's rights only the greatest is named") {
  const std::string said = said_of([](DatabaseFacts& facts) {
    facts.excessive_rights = {"is a superuser", "may create roles"};
  });
  CHECK(is_problem(said, "is a superuser"));
  CHECK(said.find("may create roles") == std::string::npos);
  CHECK(is_problem(said_of([](DatabaseFacts& facts) {
                     facts.excessive_rights = {"may create roles", "may create databases"};
                   }),
                   "may create databases"));
}

TEST_CASE("A pooler that passes notifications on is no problem") {
  CHECK(said_of([](DatabaseFacts& facts) { facts.behind_pooler = true; }).starts_with("good: "));
}

TEST_CASE("What endangers messages although every statement succeeds is a problem") {
  using std::chrono::hours;
  struct Case {
    std::function<void(DatabaseFacts&)> spoil;
    const char* part;
  };
  const auto setting = [](const char* name, const char* value) {
    return [=](DatabaseFacts& facts) { facts.settings[name] = value; };
  };
  const std::vector<Case> cases = {
      {setting("fsync", "off"), "fsync = off"},
      {setting("full_page_writes", "off"), "full_page_writes = off"},
      {setting("default_transaction_read_only", "on"), "The database is read-only"},
      {setting("statement_timeout", "0"), "has no statement_timeout"},
      {setting("lock_timeout", "0"), "SET lock_timeout = '3s'"},
      {setting("idle_in_transaction_session_timeout", "0"), "idle_in_transaction_session_timeout"},
      {[](DatabaseFacts& facts) { facts.broken_indexes = {"messages_room_id is invalid"}; },
       "chat.messages_room_id is invalid"},
      {[](DatabaseFacts& facts) { facts.ids_ahead = hours{24 * 365}; }, "365 days ahead"},
      {[](DatabaseFacts& facts) { facts.clock_ahead = hours{25}; }, "25 hours ahead of this host"},
      {[](DatabaseFacts& facts) { facts.clock_ahead = -hours{49}; }, "2 days behind this host"},
      {[](DatabaseFacts& facts) { facts.position_behind = true; }, "behind the newest message"},
      {[](DatabaseFacts& facts) { facts.free_connections = 0; }, "1 worker with 1 connections"},
      {[](DatabaseFacts& facts) { ++*facts.schema_version; }, "newer than the version"},
  };
  for (const Case& each : cases) CHECK(is_problem(said_of(each.spoil), each.part));
}

TEST_CASE("A search index that is far behind is told as advice") {
  using std::chrono::minutes;
  const auto behind = [](minutes time) {
    return said_of([=](DatabaseFacts& facts) { facts.search_behind = time; });
  };
  const std::string said = behind(minutes{150});
  CHECK_FALSE(is_problem(said, "The search index is 2 hours behind"));
  CHECK(behind(minutes{4}).find("search index") == std::string::npos);
}

TEST_CASE("Ids a little ahead, and far behind in a quiet chat, are as they should be") {
  using std::chrono::seconds;
  for (const seconds ahead : {seconds{11}, seconds{-100'000'000}}) {
    CHECK(said_of([&](DatabaseFacts& facts) { facts.ids_ahead = ahead; }).starts_with("good: "));
  }
}
