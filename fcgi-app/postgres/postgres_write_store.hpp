// Messages are stored and changed in PostgreSQL.
#pragma once

#include <string>

#include "domain/write_store.hpp"
#include "postgres/session.hpp"

namespace chat {

class PostgresWriteStore : public WriteStore {
 public:
  explicit PostgresWriteStore(std::string conninfo);

  std::vector<WriteResult> append(const std::vector<NewMessage>& batch) override;
  std::vector<WriteResult> change(const std::vector<MessageChange>& batch) override;
  std::size_t do_what_was_handed_over(std::size_t at_most) override;
  void probe(bool thorough) override;
  std::size_t forget_old_keys(std::size_t at_most) override;

 private:
  Session session_;
};

}  // namespace chat
