// Something to be written, a message or a change of one, and what its writer learnt of it.
#pragma once

#include "chaos/clients/run.hpp"

namespace chaos {

// A message whose writer may change it.
struct Own {
  std::uint64_t serial = 0;
  std::string room;
  std::string author;
  Id id{};
  std::uint32_t changes = 0;  // that were sent
};

struct Errand {
  enum class Kind { post, edit, erase };
  Kind kind = Kind::post;
  Own message;
  std::uint32_t digest = 0;  // of the message as it is to be
  Write write;
};

Errand post_of(const Own& message, Random& random);
Errand edit_of(const Own& message, Random& random);
Errand deletion_of(const Own& message);

// Into the history and the report.
class Ledger {
 public:
  Ledger(Run& run, std::string name) : run_(run), name_(std::move(name)) {}

  void sent(const Errand& errand);
  // True when nothing is left to do. The id is that of the message, if it is there.
  bool answered(const Errand& errand, const Answer& answer, std::uint64_t asked_at,
                std::optional<Id>& id);
  void unresolved(const Errand& errand);

 private:
  void count(const Errand& errand, std::uint64_t asked_at);
  void add(const Errand& errand, Event event, const Seen& seen, std::uint64_t asked_at);

  Run& run_;
  const std::string name_;
};

}  // namespace chaos
