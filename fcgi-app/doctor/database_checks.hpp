// What the facts about a database mean for the chat.
#pragma once

#include <cstddef>

#include "doctor/finding.hpp"
#include "postgres/inspection.hpp"

namespace chat {

// `workers` processes of this host share the database, each with so many connections.
Findings check_database(const DatabaseFacts& facts, std::size_t workers = 1,
                        std::size_t connections_of_each = 1);

}  // namespace chat
