#include "postgres/array_literal.hpp"

#include "catch.hpp"

using namespace chat;

namespace {

std::string literal_of(const std::string& element) {
  ArrayLiteral array;
  array.push_back(element);
  return array.text();
}

}  // namespace

TEST_CASE("An array of nothing is empty braces") { CHECK(ArrayLiteral().text() == "{}"); }

TEST_CASE("Elements are quoted and separated by commas") {
  ArrayLiteral array;
  array.push_back(std::string("one"));
  array.push_back(std::string("two"));
  CHECK(array.text() == R"({"one","two"})");
}

TEST_CASE("An element that is nothing is NULL, the word and the empty text are not") {
  ArrayLiteral array;
  array.push_back(std::optional<std::string>());
  array.push_back(std::optional<std::string>("NULL"));
  array.push_back(std::optional<std::string>(""));
  CHECK(array.text() == R"({NULL,"NULL",""})");
}

TEST_CASE("Quotes and backslashes are escaped, all else stands for itself") {
  CHECK(literal_of(R"(say "hi")") == R"({"say \"hi\""})");
  CHECK(literal_of(R"(C:\new)") == R"({"C:\\new"})");
  CHECK(literal_of(R"(\")") == R"({"\\\""})");
  CHECK(literal_of("{a,b} \n\u20ac'") == "{\"{a,b} \n\u20ac'\"}");
}
