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
  std::chrono::milliseconds behind() override;
  Unindexed find_unindexed(std::size_t at_most) override;
  ChangedByHand find_changed_by_hand(std::size_t at_most) override;
  void index(const Unindexed& found, const TokenLists& tokens) override;
  void index(const ChangedByHand& found, const TokenLists& tokens) override;

 private:
  Session session_;
};

}  // namespace chat
