#include "domain/page.hpp"

#include "catch.hpp"
#include "http/json.hpp"
#include "messages.hpp"

using namespace chat;
using namespace chat::test;

namespace {

// Messages whose bodies have these sizes, oldest first.
std::vector<MessagePtr> of_sizes(const std::vector<std::size_t>& sizes) {
  std::vector<MessagePtr> messages;
  for (const std::size_t size : sizes) {
    const char letter = static_cast<char>('a' + messages.size());
    messages.push_back(
        message(static_cast<unsigned>(messages.size()) + 1, "lobby", std::string(size, letter)));
  }
  return messages;
}

std::string letters_of(const Page& page) {
  std::string letters;
  for (const MessagePtr& each : page.messages) letters += each->body.front();
  return letters;
}

}  // namespace

TEST_CASE("A page of nothing is empty and the end") {
  CHECK(make_page_forwards({}, {10, 100})->messages.empty());
  CHECK_FALSE(make_page_forwards({}, {10, 100})->more);
  CHECK_FALSE(make_page_backwards({}, {10, 100})->more);
}

TEST_CASE("A page that holds all that was found is the end") {
  const PagePtr page = make_page_forwards(of_sizes({1, 1, 1}), {3, 1000});
  CHECK(letters_of(*page) == "abc");
  CHECK_FALSE(page->more);
}

TEST_CASE("A page forwards has the first messages within its count") {
  const PagePtr page = make_page_forwards(of_sizes({1, 1, 1}), {2, 1000});
  CHECK(letters_of(*page) == "ab");
  CHECK(page->more);
}

TEST_CASE("A page backwards has the last messages within its count, oldest first") {
  const PagePtr page = make_page_backwards(of_sizes({1, 1, 1}), {2, 1000});
  CHECK(letters_of(*page) == "bc");
  CHECK(page->more);
}

TEST_CASE("A page ends before its bytes are exceeded, in either direction") {
  const PageLimits two{10, 2 * answer_bytes(*message(1)) + 10};
  const PagePtr forwards = make_page_forwards(of_sizes({9, 9, 1}), two);
  CHECK(letters_of(*forwards) == "ab");
  CHECK(forwards->more);
  const PagePtr backwards = make_page_backwards(of_sizes({1, 9, 9}), two);
  CHECK(letters_of(*backwards) == "bc");
  CHECK(backwards->more);
}

TEST_CASE("A message that is larger than a page is a page of its own") {
  const PagePtr forwards = make_page_forwards(of_sizes({50, 1}), {10, 10});
  CHECK(letters_of(*forwards) == "a");
  CHECK(forwards->more);
  const PagePtr backwards = make_page_backwards(of_sizes({1, 50}), {10, 10});
  CHECK(letters_of(*backwards) == "b");
  CHECK(backwards->more);
}

TEST_CASE("What a message takes in an answer is never less than its rendering") {
  const std::string body =
      GENERATE(std::string(), std::string(10'000, 'x'), std::string(10'000, '\1'),
               std::string(500, '"'), std::string("\\\n\t\x7f \xd0\xb6 <script>"));
  Message one = *message(1, "room", "x");
  one.body = body;
  one.author = "\"\x02'";
  CHECK(answer_bytes(one) >= render_message(one).size());
  CHECK(answer_bytes(one) <= render_message(one).size() + 64 + 4 * body.size());
}
