// A worker's socket from outside: who may connect, and what the worker says there.
#pragma once

#include <string>

namespace chat {

// By its mode and those of the directories above it, as far as they can be seen.
bool everybody_may_connect(const std::string& path);

// Whether a user of this host may. True for one who is not known here: another host's nginx is not
// ours to judge.
bool may_connect(const std::string& user, const std::string& path);

struct ProbeResult {
  enum class Outcome {
    healthy,
    ill,          // it answered, and not that all is well
    silent,       // connected, but no answer within 5 s
    refused,      // nobody listens
    not_allowed,  // this process may not connect
  };
  Outcome outcome;
  std::string words;  // of one that is ill
};

// GET /healthz, spoken to the socket itself. Blocks for 5 s at most.
ProbeResult ask_for_health(const std::string& path);

}  // namespace chat
