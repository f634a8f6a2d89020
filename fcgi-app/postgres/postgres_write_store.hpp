// Messages are stored in PostgreSQL.
#pragma once

#include <string>

#include "domain/write_store.hpp"
#include "postgres/session.hpp"

namespace chat {

class PostgresWriteStore : public WriteStore {
 public:
  explicit PostgresWriteStore(std::string conninfo);

  std::vector<AppendResult> append(const std::vector<NewMessage>& batch) override;
  void probe(bool thorough) override;
  std::size_t forget_old_keys(std::size_t at_most) override;

 private:
  Session session_;
};

}  // namespace chat
