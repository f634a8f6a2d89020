#include "doctor/database_condition_checks.hpp"

#include <chrono>
#include <string>

namespace chat {
namespace {

// What is older goes by the database's clock: one that is wrong by more destroys the wrong
// messages.
constexpr std::chrono::hours dangerous_offset{24};
// An id is a little ahead of the clock after a burst, and by 10 s after a fail-over.
constexpr std::chrono::minutes usual_lead{1};

// It is half a second when all is well, and minutes after an upgrade of a large chat.
constexpr std::chrono::minutes usual_delay_of_search{5};

bool is(const DatabaseFacts& facts, const char* setting, const char* value) {
  const auto found = facts.settings.find(setting);
  return found != facts.settings.end() && found->second == value;
}

std::string in_words(std::chrono::milliseconds time) {
  using std::chrono::hours;
  if (time < hours{1}) return std::to_string(time / std::chrono::minutes{1}) + " minutes";
  if (time < hours{48}) return std::to_string(time / hours{1}) + " hours";
  return std::to_string(time / hours{24}) + " days";
}

}  // namespace

void check_durability(const DatabaseFacts& facts, Findings& findings) {
  for (const char* const setting : {"fsync", "full_page_writes"}) {
    if (!is(facts, setting, "off")) continue;
    add_problem(findings, std::string("PostgreSQL runs with ") + setting +
                              " = off: after a loss of power messages that were acknowledged are "
                              "gone, or the whole database is. Set it to on and reload.");
  }
  if (is(facts, "synchronous_commit", "off") || is(facts, "synchronous_commit", "local")) {
    add_advice(findings,
               "synchronous_commit is " + facts.settings.at("synchronous_commit") +
                   " here. Workers set it to on for what they store, but what you change by hand "
                   "may be lost in a crash: ALTER ROLE ... RESET synchronous_commit, or set it to "
                   "on in postgresql.conf.");
  }
}

void check_session_settings(const DatabaseFacts& facts, Findings& findings) {
  if (is(facts, "default_transaction_read_only", "on")) {
    add_problem(findings,
                "The database is read-only (default_transaction_read_only is on): messages can be "
                "read but not stored. Find who set it (\\drds, postgresql.conf) and RESET it.");
  }
  const auto isolation = facts.settings.find("default_transaction_isolation");
  if (isolation != facts.settings.end() && isolation->second != "read committed") {
    add_advice(findings,
               "default_transaction_isolation is " + isolation->second +
                   ". Workers set read committed for themselves, which chat.append needs, but "
                   "housekeeping and your own statements may fail: RESET it for this database.");
  }
  for (const char* const setting :
       {"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"}) {
    if (!is(facts, setting, "0")) continue;
    add_problem(findings, "The role " + facts.role + " has no " + setting +
                              ": a client that freezes at the wrong moment stops everybody who "
                              "posts. ALTER ROLE " +
                              facts.role + " SET " + setting + " = " +
                              (std::string(setting) == "statement_timeout" ? "'5s'"
                               : std::string(setting) == "lock_timeout"    ? "'3s'"
                                                                           : "'2s'") +
                              ';');
  }
}

void check_clock(const DatabaseFacts& facts, Findings& findings) {
  const std::chrono::milliseconds offset = std::chrono::abs(facts.clock_ahead);
  if (offset <= usual_lead) return;
  const std::string sentence = "The database's clock is " + in_words(offset) +
                               (facts.clock_ahead.count() > 0 ? " ahead of" : " behind") +
                               " this host's: ";
  if (offset > dangerous_offset) {
    add_problem(findings, sentence +
                              "messages get that time for ever, and what goes by age "
                              "(chat.retain, chat.forget_keys) destroys what is too young. Run "
                              "neither; set the clock that is wrong (timedatectl) first.");
  } else {
    add_advice(findings, sentence +
                             "messages carry the database's time. Let both ask the same time "
                             "server (timedatectl).");
  }
}

void check_contents(const DatabaseFacts& facts, Findings& findings) {
  for (const std::string& index : facts.broken_indexes) {
    add_problem(findings, "The index chat." + index +
                              ": reads walk the whole table, or a message is stored twice. "
                              "REINDEX INDEX CONCURRENTLY makes an invalid one again; create a "
                              "missing one as sql/ says.");
  }
  if (facts.ids_ahead && *facts.ids_ahead > usual_lead) {
    add_problem(findings, "The newest ids are " + in_words(*facts.ids_ahead) +
                              " ahead of the database's clock: the clock was ahead once, or is "
                              "behind now. Messages keep their order, but their times are wrong "
                              "until the clock has caught up. Look at the clock first (date, "
                              "timedatectl).");
  }
  if (facts.search_behind && *facts.search_behind > usual_delay_of_search) {
    add_advice(findings, "The search index is " + in_words(*facts.search_behind) +
                             " behind: what was said since is not found. After an upgrade it is "
                             "filled by itself, some thousand messages a second. Else look into "
                             "the log of the workers (the search index was not filled), and "
                             "whether search-interval-ms is 0 in all of them.");
  }
  if (facts.position_behind) {
    add_problem(findings,
                "chat.last_position is behind the newest message, as after a restore of single "
                "tables: new messages would come before it and readers would miss them. Stop the "
                "workers and restore the whole schema, or set the sequence to the position of the "
                "newest id.");
  }
}

void check_connections(const DatabaseFacts& facts, std::size_t workers, std::size_t of_each,
                       Findings& findings) {
  const std::size_t needed = workers * of_each;
  if (!facts.free_connections || *facts.free_connections >= static_cast<int>(needed)) return;
  add_problem(findings, std::to_string(workers) + (workers == 1 ? " worker" : " workers") +
                            " with " + std::to_string(of_each) + " connections each need " +
                            std::to_string(needed) + ", but only " +
                            std::to_string(*facts.free_connections) +
                            " are left for them: raise max_connections (or the limit of the role "
                            "or database), or lower readers.");
}

}  // namespace chat
