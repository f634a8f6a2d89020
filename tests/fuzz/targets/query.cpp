// The query string and the Prefer header of a GET.
#include <algorithm>
#include <array>
#include <cstdio>

#include "fuzz/expectations.hpp"
#include "fuzz/fields.hpp"
#include "http/message_query.hpp"
#include "http/parameters.hpp"
#include "http/prefer.hpp"

namespace chat::fuzz {
namespace {

std::optional<FindQuery> find_query(const std::string& query_string,
                                    const std::optional<std::string>& prefer) {
  Request request;
  request.query_string = query_string;
  request.prefer = prefer;
  return accepted([&] { return find_query_of(request); });
}

bool same(const FindQuery& one, const FindQuery& other) {
  return one.rooms == other.rooms && one.after == other.after && one.before == other.before &&
         one.limit == other.limit && one.timeout == other.timeout && one.changes == other.changes &&
         one.epoch == other.epoch;
}

std::string percent_encoded(std::string_view text);

std::string written(const FindQuery& query) {
  const std::string cursor = query.before ? "before=" + format_message_id(*query.before)
                                          : "after=" + format_message_id(query.after);
  std::string rooms = query.rooms.is_all() ? "&room=*" : "";
  for (const std::string_view name : query.rooms.names()) rooms.append("&room=").append(name);
  return cursor + rooms + (query.changes ? "&changes=1" : "") +
         (query.epoch ? "&epoch=" + percent_encoded(*query.epoch) : "") +
         "&limit=" + std::to_string(query.limit) +
         "&timeout=" + std::to_string(query.timeout / std::chrono::seconds{1});
}

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    std::array<char, 4> escape{};
    // Either case is allowed, so use both.
    std::snprintf(escape.data(), escape.size(), encoded.size() % 2 == 0 ? "%%%02x" : "%%%02X",
                  static_cast<unsigned>(static_cast<unsigned char>(c)));
    encoded += escape.data();
  }
  return encoded;
}

void examine_accepted(const FindQuery& query) {
  const auto names = query.rooms.names();
  require(query.rooms.is_all() || !names.empty(), "a question is about a room");
  require(names.size() <= 100, "no more rooms than the contract says");
  for (const std::string_view name : names)
    require(is_room(name), "a room is as the contract says");
  require(std::is_sorted(names.begin(), names.end()), "equal sets are written alike");
  require(query.limit >= 1 && query.limit <= 1000, "a limit is 1 to 1000");
  require(query.timeout.count() >= 0 && query.timeout <= std::chrono::seconds{55},
          "a timeout is 0 to 55 s");
  require(!query.before || query.after == nil_message_id, "after and before exclude each other");
  const auto again = find_query(written(query), std::nullopt);
  require(again && same(*again, query), "a query that is written out means the same");
}

void examine_prefer(const std::string& prefer) {
  const auto wait = preferred_wait(prefer);
  require(preferred_wait("respond-async, " + prefer) == wait, "other preferences do not matter");
  require(!wait || wait->count() >= 0, "nobody waits for less than nothing");
}

void examine(std::string_view input) {
  Fields fields(input);
  const auto prefer = fields.take_optional();
  const std::string query_string = fields.rest();

  if (prefer) examine_prefer(*prefer);
  const auto query = find_query(query_string, prefer);
  if (query) examine_accepted(*query);
  const auto more = find_query("unknown=%zz&%zz&" + query_string, prefer);
  require(query.has_value() == more.has_value() && (!query || same(*query, *more)),
          "parameters that the contract does not name are ignored");

  const std::string parameter = percent_encoded("n" + query_string);
  require(Parameters(parameter + "=" + parameter).find("n" + query_string) == "n" + query_string,
          "what is percent-encoded is decoded to what it was");
}

const Registration registration("query", examine);

}  // namespace
}  // namespace chat::fuzz
