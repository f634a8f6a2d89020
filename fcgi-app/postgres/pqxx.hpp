// libpqxx for the files of this folder. One source serves 6.4 (Debian 12) and 7.x, where calls that
// 6.4 needs are deprecated; that is silenced here and nowhere else.
#pragma once

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#include <pqxx/pqxx>
#pragma GCC diagnostic pop

// Their use is what warns, so it stays off in the files that include this one.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
