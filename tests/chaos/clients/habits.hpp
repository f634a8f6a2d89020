// What kind of reader somebody is. Each reader is of one kind, so that every kind is there whatever
// the seed.
#pragma once

namespace chaos {

enum class Way { polls, streams, turns };  // turns: now the one, now the other

struct Habits {
  Way way = Way::polls;
  bool changes = false;    // is told of edits and deletions too
  bool all_rooms = false;  // those that come to be as well
  bool by_ids = false;     // goes on after the last id, as the first clients did
  unsigned limit = 1000;
  int timeout_s = -1;  // negative: not said, which means 10
  bool from_the_middle = false;
  bool late = false;
  unsigned pause_ms = 0;   // at most, between two answers
  bool impatient = false;  // goes away in the middle of a poll now and then
};

// For the report.
inline const char* name_of(const Habits& habits) {
  switch (habits.way) {
    case Way::polls:
      return habits.changes ? "polls of changes" : "polls";
    case Way::streams:
      return habits.changes ? "streams of changes" : "streams";
    case Way::turns:
      break;
  }
  return habits.changes ? "polls and streams of changes in turn" : "polls and streams in turn";
}

}  // namespace chaos
