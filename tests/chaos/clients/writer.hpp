// Posts one message after the other, waiting for each answer. With a key it repeats what it is not
// sure of until it is answered, and now and then repeats a POST on purpose.
#pragma once

#include "chaos/clients/run.hpp"

namespace chaos {

class Writer {
 public:
  Writer(Run& run, unsigned number);

  // Ends after the run begins to finish, once nothing is left unanswered.
  Task<void> write();

 private:
  struct Post {
    Saying saying;
    std::string key;
  };

  Task<void> keep_pace();
  Post next_post();
  Task<void> deliver(Post post, HttpClient& client);
  Task<bool> attempt(const Post& post, HttpClient& client);
  void deliver_twin(const Post& post);
  void acknowledge(const Post& post, const Answer& answer, std::uint64_t asked_at);

  Run& run_;
  const unsigned number_;
  const std::string name_;
  const bool uses_keys_;
  Random random_;
  HttpClient client_;
  HttpClient twin_client_;
  bool twin_is_out_ = false;
  std::uint64_t count_ = 0;
  std::chrono::steady_clock::time_point due_ = std::chrono::steady_clock::now();
};

}  // namespace chaos
