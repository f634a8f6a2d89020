#include "http/error_response.hpp"

#include "catch.hpp"

using namespace chat;

TEST_CASE("Every error has the status of the contract") {
  CHECK(http_status(ErrorCode::invalid_argument) == 400);
  CHECK(http_status(ErrorCode::not_found) == 404);
  CHECK(http_status(ErrorCode::method_not_allowed) == 405);
  CHECK(http_status(ErrorCode::too_large) == 413);
  CHECK(http_status(ErrorCode::unsupported_media_type) == 415);
  CHECK(http_status(ErrorCode::key_reused) == 422);
  CHECK(http_status(ErrorCode::gone) == 410);
  CHECK(http_status(ErrorCode::internal) == 500);
  CHECK(http_status(ErrorCode::unavailable) == 503);
  CHECK(http_status(ErrorCode::overloaded) == 503);
}

TEST_CASE("An error's answer holds its sentence and nothing else") {
  const ResponsePtr response =
      error_response(Error(ErrorCode::not_found, "Not found: Route not found"));
  CHECK(response->status == 404);
  CHECK(response->body == R"({"error":"Not found: Route not found"})");
  CHECK(response->headers.empty());
}

TEST_CASE("An answer that the client should ask for again later says when") {
  const ResponsePtr response = error_response(Error(ErrorCode::unavailable, "Unavailable: x"));
  REQUIRE(response->headers.size() == 1);
  CHECK(response->headers[0].first == "Retry-After");
  CHECK(response->headers[0].second == "1");
}

TEST_CASE("A method that is not allowed is told which are") {
  const ResponsePtr response = method_not_allowed_response("POST, GET");
  CHECK(response->status == 405);
  REQUIRE(response->headers.size() == 1);
  CHECK(response->headers[0].first == "Allow");
  CHECK(response->headers[0].second == "POST, GET");
}
