// Messages are looked up in PostgreSQL.
#pragma once

#include <string>

#include "domain/read_store.hpp"
#include "postgres/session.hpp"

namespace chat {

class PostgresReadStore : public ReadStore {
 public:
  explicit PostgresReadStore(std::string conninfo);

  std::vector<std::vector<MessagePtr>> find_after(const std::vector<FindQuery>& queries,
                                                  std::size_t page_bytes) override;
  std::vector<bool> find_any_after(const std::vector<FindQuery>& queries) override;
  OlderMessages find_before(const FindQuery& query, std::size_t page_bytes) override;
  SearchHits search(const FindQuery& query, const MessageId& before, std::size_t at_most) override;
  RoomsPage find_rooms(const RoomsQuery& query) override;

 private:
  std::vector<MessagePtr> find_after_one(const FindQuery& query, std::size_t page_bytes);

  Session session_;
};

}  // namespace chat
