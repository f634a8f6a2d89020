// The search index in PostgreSQL.
#pragma once

#include <string>

#include "domain/search_store.hpp"
#include "postgres/session.hpp"

namespace chat {

class PostgresSearchStore : public SearchStore {
 public:
  explicit PostgresSearchStore(std::string conninfo);

  bool take_turn() override;
  Unindexed find_unindexed(std::size_t at_most) override;
  void index(const Unindexed& messages,
             const std::vector<std::vector<std::string>>& tokens) override;

 private:
  Session session_;
};

}  // namespace chat
