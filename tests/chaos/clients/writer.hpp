// Posts one message after the other, waiting for each answer, and now and then edits or deletes one
// of its own. With a key it repeats what it is not sure of until it is answered, and now and then
// repeats something on purpose.
#pragma once

#include "chaos/clients/errand.hpp"

#include <deque>
#include <optional>

namespace chaos {

class Writer {
 public:
  Writer(Run& run, unsigned number);

  // Ends after the run begins to finish, once nothing is left unanswered.
  Task<void> write();

 private:
  Task<void> keep_pace();
  Own next_message();
  Task<void> post();
  Task<void> change_something();
  // The id of the message. None when it is gone, or nobody knows.
  Task<std::optional<Id>> carry_out(Errand errand);
  Task<std::optional<Id>> deliver(Errand errand, HttpClient& client);
  void deliver_twin(const Errand& errand);
  [[nodiscard]] std::string next_key();

  Run& run_;
  const unsigned number_;
  const std::string name_;
  const bool uses_keys_;
  Random random_;
  HttpClient client_;
  HttpClient twin_client_;
  Ledger ledger_;
  bool twin_is_out_ = false;
  std::uint64_t count_ = 0;
  std::uint64_t keys_ = 0;
  std::deque<Own> own_;  // the newest last
  std::chrono::steady_clock::time_point due_ = std::chrono::steady_clock::now();
};

}  // namespace chaos
