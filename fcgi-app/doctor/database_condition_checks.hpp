// How a database is kept: what endangers messages although every statement of a worker succeeds.
#pragma once

#include <cstddef>

#include "doctor/finding.hpp"
#include "postgres/inspection.hpp"

namespace chat {

// Appends to `findings` what is wrong with a database that could be reached.
void check_durability(const DatabaseFacts& facts, Findings& findings);
void check_session_settings(const DatabaseFacts& facts, Findings& findings);
void check_clock(const DatabaseFacts& facts, Findings& findings);
void check_contents(const DatabaseFacts& facts, Findings& findings);

// `workers` processes on this host, each with `of_each` connections.
void check_connections(const DatabaseFacts& facts, std::size_t workers, std::size_t of_each,
                       Findings& findings);

}  // namespace chat
