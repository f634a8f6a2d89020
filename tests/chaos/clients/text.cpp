#include "chaos/clients/text.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <boost/crc.hpp>
#include <cstdio>

namespace chaos {
namespace {

// Every kind of byte that something on the way might stumble over.
constexpr std::string_view words[] = {
    "hello",           "\"quoted\"",   "back\\slash", "a\nline", "\ttab",
    "gr\u00fc\u00dfe", "\u4f60\u597d", "\U0001f680",  "{}[],:",  "'; --",
    "\u0001",          "</script>",    "NULL",        "%00",     "\u2028"};
constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::size_t usual_words = 12;
constexpr std::size_t many_words = 800;
constexpr std::uint64_t long_one_in = 500;

std::uint32_t digest_of(std::string_view room, std::string_view author, std::string_view body) {
  boost::crc_32_type crc;
  const auto add = [&crc](std::string_view part) { crc.process_bytes(part.data(), part.size()); };
  add(room);
  add("\x1f");
  add(author);
  add("\x1f");
  add(body);
  return crc.checksum();
}

std::string make_body(std::uint64_t serial, Random& random) {
  std::array<char, 17> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(serial));
  std::string body(digits.data());
  std::uint64_t count = any(random, any(random, long_one_in) == 0 ? many_words : usual_words);
  for (; count > 0; --count) {
    body += ' ';
    body += words[any(random, std::size(words))];
  }
  return body;
}

using Value = rapidjson::Value;

std::optional<std::string_view> text_member(const Value& object, const char* name) {
  const auto member = object.FindMember(name);
  if (member == object.MemberEnd()) return std::nullopt;
  if (member->value.IsNull()) return "";  // nobody signed; no author is empty
  if (!member->value.IsString()) return std::nullopt;
  return std::string_view(member->value.GetString(), member->value.GetStringLength());
}

std::optional<Id> parse_id(std::string_view text) {
  Id id{};
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == '-') continue;
    const auto digit = hex_digits.find(c);
    if (digit == std::string_view::npos || digits == 2 * id.size()) return std::nullopt;
    auto& byte = id[digits++ / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | digit);
  }
  if (text.size() != 36 || digits != 2 * id.size()) return std::nullopt;
  return id;
}

std::optional<Seen> seen_of(const Value& message) {
  if (!message.IsObject()) return std::nullopt;
  const auto id = text_member(message, "id");
  const auto room = text_member(message, "room");
  const auto author = text_member(message, "author");
  const auto body = text_member(message, "body");
  if (!id || !room || !author || !body) return std::nullopt;
  const auto parsed = parse_id(*id);
  if (!parsed) return std::nullopt;
  return Seen{*parsed, digest_of(*room, *author, *body)};
}

}  // namespace

Saying make_saying(std::uint64_t serial, const std::string& room, const std::string& author,
                   Random& random) {
  const std::string body = make_body(serial, random);
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.StartObject();
  writer.Key("room");
  writer.String(room.data(), static_cast<rapidjson::SizeType>(room.size()));
  if (!author.empty()) {
    writer.Key("author");
    writer.String(author.data(), static_cast<rapidjson::SizeType>(author.size()));
  }
  writer.Key("body");
  writer.String(body.data(), static_cast<rapidjson::SizeType>(body.size()));
  writer.EndObject();
  return {serial, {buffer.GetString(), buffer.GetSize()}, digest_of(room, author, body)};
}

std::optional<Seen> read_message(std::string_view json) {
  rapidjson::Document document;
  document.Parse(json.data(), json.size());
  if (document.HasParseError()) return std::nullopt;
  return seen_of(document);
}

std::optional<std::vector<Seen>> read_page(std::string_view json) {
  rapidjson::Document document;
  document.Parse(json.data(), json.size());
  if (document.HasParseError() || !document.IsArray()) return std::nullopt;
  std::vector<Seen> page;
  page.reserve(document.Size());
  for (const Value& message : document.GetArray()) {
    const auto seen = seen_of(message);
    if (!seen) return std::nullopt;
    page.push_back(*seen);
  }
  return page;
}

std::string format_id(const Id& id) {
  std::string text;
  for (std::size_t i = 0; i < id.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += hex_digits[id[i] >> 4];
    text += hex_digits[id[i] & 15];
  }
  return text;
}

std::uint64_t any(Random& random, std::uint64_t below) { return random() % below; }

}  // namespace chaos
