// What is asked of the feed and never waits for news.
#include "domain/error.hpp"
#include "feed/feed.hpp"
#include "feed/message_search.hpp"

namespace chat {

Task<PagePtr> Feed::search(const FindQuery& query, const Client& client) {
  const std::function<Page(ReadStore&)> question = [query, this](ReadStore& store) {
    return search_messages(store, query, limits_.page_bytes);
  };
  const auto epoch = epoch_;
  Task<PagePtr> answer = readers_.ask(question, client.request_id());
  PagePtr page = co_await std::move(answer);
  if (page == nullptr) throw_database_unavailable();
  page->epoch = epoch;
  co_return page;
}

Task<RoomsPagePtr> Feed::find_rooms(const RoomsQuery& query, const Client& client) {
  // Not in one expression: g++ 12 destroys twice what a lambda within a co_await holds.
  const std::function<RoomsPage(ReadStore&)> question = [query](ReadStore& store) {
    return store.find_rooms(query);
  };
  Task<RoomsPagePtr> answer = readers_.ask(question, client.request_id());
  RoomsPagePtr page = co_await std::move(answer);
  if (page == nullptr) throw_database_unavailable();
  co_return page;
}

Task<PagePtr> Feed::present() {
  const bool fresh = co_await freshness_.refresh();
  if (!fresh || !tail_.primed() || epoch_ == nullptr) co_return nullptr;
  co_return empty_page(nil_message_id, tail_.last_position());
}

}  // namespace chat
