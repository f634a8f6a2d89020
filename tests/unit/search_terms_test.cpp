#include "domain/search_terms.hpp"

#include <set>

#include "catch.hpp"
#include "errors.hpp"
#include "messages.hpp"

using namespace chat;
using namespace chat::test;

namespace {

std::set<std::string> tokens_of(const std::string& body) {
  const auto tokens = search_tokens_of(*message(1, "den", body));
  return {tokens.begin(), tokens.end()};
}

bool finds(const std::string& q, const std::string& body) {
  const auto said = message(1, "den", body);
  const std::set<std::string> tokens = tokens_of(body);
  const SearchTerms terms = parse_search(q);
  const bool known = std::all_of(terms.tokens.begin(), terms.tokens.end(),
                                 [&](const auto& token) { return tokens.count(token) > 0; });
  return known && matches(terms, *said);
}

}  // namespace

TEST_CASE("A message is found by its words, its room and its author") {
  Message said{id_of(1), "den", "Ada  Lovelace", "Größe: 12 kg, don't"};
  const auto tokens = search_tokens_of(said);
  CHECK(tokens == std::vector<std::string>{"12", "don", "from:ada  lovelace", "grosse", "kg",
                                           "room:den", "t"});
}

TEST_CASE("Where words have no blanks between them, letters and their pairs stand for them") {
  CHECK(tokens_of("会议室a") ==
        std::set<std::string>{"a", "会", "议", "室", "会议", "议室", "room:den"});
  CHECK(tokens_of("会 议") == std::set<std::string>{"会", "议", "room:den"});
}

TEST_CASE("A row of words or letters must stand side by side") {
  CHECK(finds("\"b c\"", "a b, c"));
  CHECK_FALSE(finds("\"b c\"", "b a c"));
  CHECK(finds("会议室", "在会议室里"));
  CHECK_FALSE(finds("会议室", "会议 议室"));
  CHECK(finds("b \"a b\" c", "c a b"));
}

TEST_CASE("Nothing that a client sends makes a token of another kind") {
  const SearchTerms terms = parse_search("room:den");
  CHECK(terms.tokens == std::vector<std::string>{"den", "room"});
  CHECK(tokens_of("from:ada room:x").count("from:ada") == 0);
}

TEST_CASE("Very long words are found by what they begin with") {
  const std::string word(200, 'x');
  CHECK(finds(word.substr(0, 100), word));
  for (const std::string& token : search_tokens_of(*message(1, "den", word + "é"))) {
    CHECK(token.size() <= 64);
  }
}

TEST_CASE("A search for nothing, or for too much, is refused") {
  const auto q = GENERATE(as<std::string>{}, "", " \t", "\"\"", "\"", "!?", std::string(257, 'x'),
                          std::string("from:\0", 6), std::string("x\0y", 3));
  CAPTURE(q);
  CHECK(code_thrown_by([&] { return parse_search(q); }) == ErrorCode::invalid_argument);
}

TEST_CASE("Any bytes can be said and searched for") {
  for (const char* text : {"\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7", "\xCC\x88\xCC\x88",
                           "\xE2\x80\x8B", "a\xCC\x81\xCC\xA7", "\xEF\xBF\xBF"}) {
    CHECK_NOTHROW(tokens_of(text));
  }
}
