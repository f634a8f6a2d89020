// The body of a POST, as it comes from anybody.
#include "http/json.hpp"

#include "fuzz/expectations.hpp"
#include "fuzz/json_grammar.hpp"

namespace chat::fuzz {
namespace {

// Whether RFC 8259 calls it JSON, in the words of what the reader says about it.
void examine_verdict(std::string_view input, bool accepted, const std::string& refusal) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (input.substr(0, 3) == byte_order_mark) input.remove_prefix(3);
  JsonGrammar grammar(input);
  const bool is_json = grammar.matches();
  require(!accepted || is_json, "what is accepted is JSON");
  // Escaped halves of a character are JSON, but not of the kind that can be stored.
  const bool sound = is_utf8(input) && input.find("\\u") == std::string_view::npos;
  if (is_json && sound) {
    require(refusal != "Invalid argument: The request body is not valid JSON", "JSON is JSON");
  }
}

// Accepted text is what it says it is, and survives being sent and received again.
void examine(std::string_view input) {
  require(is_valid_utf8(input) == is_utf8(input), "is_valid_utf8 tells what is UTF-8");
  std::string refusal;
  const auto read = accepted([&] { return parse_new_message(input); }, &refusal);
  examine_verdict(input, read.has_value(), refusal);
  if (!read) return;

  require(is_utf8(input), "only UTF-8 is accepted");
  require(is_utf8(read->body), "a body is UTF-8");
  require(is_utf8(read->room), "a room is UTF-8");
  require(!read->author || is_utf8(*read->author), "an author is UTF-8");

  const std::string rendered =
      render_message({max_message_id, read->room, read->author, read->body});
  require(is_utf8(rendered), "an answer is UTF-8");
  require(rendered.find('\n') == std::string::npos, "an answer is one line");
  const NewMessage again = parse_new_message(rendered);
  require(again.body == read->body, "a body comes back as it was sent");
  require(again.room == read->room, "a room comes back as it was sent");
  require(again.author == read->author, "an author comes back as it was sent");
}

const Registration registration("json", examine);

}  // namespace
}  // namespace chat::fuzz
