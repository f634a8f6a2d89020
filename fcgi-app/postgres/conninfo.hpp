// Connection strings: what libpq leaves open is given a value with which no thread hangs for
// minutes in a network that swallows packets.
#pragma once

#include <string>

namespace chat {

// The same connection, with timeouts where neither the string nor the environment sets them. Takes
// what libpq takes: key=value pairs or a URI; a setting in the string stays as it is. Throws
// std::invalid_argument with libpq's reason when libpq cannot read it.
std::string with_default_timeouts(const std::string& conninfo);

}  // namespace chat
