// What the facts about a database mean for the chat.
#pragma once

#include "doctor/finding.hpp"
#include "postgres/inspection.hpp"

namespace chat {

Findings check_database(const DatabaseFacts& facts);

}  // namespace chat
