// What a store throws. `what()` is for the log alone: it may hold details of the database.
#pragma once

#include <stdexcept>
#include <string>

#include "domain/store_trouble.hpp"

namespace chat {

// The store is out of reach or did not finish in time. What was sent may or may not be stored, so
// an append is only ever repeated with the same keys. `what()` is for the log alone.
class StoreUnavailable : public std::runtime_error {
 public:
  explicit StoreUnavailable(const std::string& what,
                            StoreTrouble trouble = StoreTrouble::out_of_reach)
      : std::runtime_error(what), trouble_(trouble) {}

  [[nodiscard]] StoreTrouble trouble() const { return trouble_; }

 private:
  StoreTrouble trouble_;
};

// The store refused these very messages; sending them again cannot help.
class StoreRejected : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace chat
