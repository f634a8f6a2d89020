// Why a store does not do what it is asked, as far as a client may know. The rest is for the log.
#pragma once

namespace chat {

enum class StoreTrouble {
  none,
  out_of_reach,
  read_only,
  disk_full,
  too_slow,         // it gave up by itself
  does_not_answer,  // a call is under way and does not end
  refuses,          // it does not take what it should take
};

// A sentence without a full stop.
constexpr const char* describe(StoreTrouble trouble) {
  switch (trouble) {
    case StoreTrouble::none:
      return "The database stores messages";
    case StoreTrouble::out_of_reach:
      break;
    case StoreTrouble::read_only:
      return "The database is read-only";
    case StoreTrouble::disk_full:
      return "The database's disk is full";
    case StoreTrouble::too_slow:
      return "The database takes too long to store messages";
    case StoreTrouble::does_not_answer:
      return "The database does not finish storing messages";
    case StoreTrouble::refuses:
      return "The database refuses to store messages";
  }
  return "The database is out of reach";
}

}  // namespace chat
