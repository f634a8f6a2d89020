#include "feed/page_cache.hpp"

#include "catch.hpp"
#include "messages.hpp"

using namespace chat;
using namespace chat::test;

namespace {

PagePtr page_of(std::size_t body_bytes) {
  auto page = std::make_shared<Page>();
  page->messages.push_back(message(1, "lobby", std::string(body_bytes, 'x')));
  return page;
}

constexpr std::size_t some = 10'000;

}  // namespace

TEST_CASE("A page that is kept is found by who asks the same, and by nobody else") {
  PageCache pages(some);
  const PagePtr page = page_of(100);
  pages.keep(query_after(id_of(1)), page);

  CHECK(pages.find(query_after(id_of(1))) == page);
  CHECK(pages.find(query_after(id_of(2))) == nullptr);
  CHECK(pages.find(query_after(id_of(1), "kitchen")) == nullptr);
  FindQuery fewer = query_after(id_of(1));
  fewer.limit = 1;
  CHECK(pages.find(fewer) == nullptr);
}

TEST_CASE("A page for which there is no room takes the place of the others") {
  PageCache pages(some);
  pages.keep(query_after(id_of(1)), page_of(2000));
  pages.keep(query_after(id_of(2)), page_of(2000));
  CHECK(pages.find(query_after(id_of(1))) != nullptr);

  pages.keep(query_after(id_of(3)), page_of(2000));

  CHECK(pages.find(query_after(id_of(1))) == nullptr);
  CHECK(pages.find(query_after(id_of(2))) == nullptr);
  CHECK(pages.find(query_after(id_of(3))) != nullptr);
}

TEST_CASE("A page that is too large alone is not kept and drives nobody out") {
  PageCache pages(some);
  pages.keep(query_after(id_of(1)), page_of(100));
  pages.keep(query_after(id_of(2)), page_of(some));
  CHECK(pages.find(query_after(id_of(1))) != nullptr);
  CHECK(pages.find(query_after(id_of(2))) == nullptr);
}

TEST_CASE("Many small pages are bounded as well") {
  PageCache pages(some);
  for (unsigned n = 1; n <= 1000; ++n) pages.keep(query_after(id_of(n)), page_of(1));
  unsigned kept = 0;
  for (unsigned n = 1; n <= 1000; ++n) kept += pages.find(query_after(id_of(n))) != nullptr;
  CHECK(kept < 20);
}

TEST_CASE("What is kept twice counts once, and an emptied cache holds as much as a new one") {
  PageCache pages(some);
  for (int i = 0; i < 10; ++i) pages.keep(query_after(id_of(1)), page_of(2000));
  pages.keep(query_after(id_of(2)), page_of(2000));
  CHECK(pages.find(query_after(id_of(1))) != nullptr);

  pages.clear();
  CHECK(pages.find(query_after(id_of(1))) == nullptr);
  pages.keep(query_after(id_of(3)), page_of(2000));
  pages.keep(query_after(id_of(4)), page_of(2000));
  CHECK(pages.find(query_after(id_of(3))) != nullptr);
}
