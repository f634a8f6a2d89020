#include "chaos/clients/seen.hpp"

#include <rapidjson/document.h>

#include <boost/crc.hpp>

namespace chaos {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

using Value = rapidjson::Value;

std::optional<std::string_view> text_member(const Value& object, const char* name) {
  const auto member = object.FindMember(name);
  if (member == object.MemberEnd()) return std::nullopt;
  if (member->value.IsNull()) return "";  // nobody signed; no author is empty
  if (!member->value.IsString()) return std::nullopt;
  return std::string_view(member->value.GetString(), member->value.GetStringLength());
}

// Where the change stands; of a message that was never changed, where it stands itself.
std::optional<Id> position_of(const Value& message, const Id& id, bool is_empty, Fields fields) {
  const bool edited = message.HasMember("edited_at");
  const bool deleted = message.HasMember("deleted_at");
  if (!message.HasMember("version")) {
    if (edited || deleted) return std::nullopt;
    return id;
  }
  if (fields == Fields::plain || edited == deleted || deleted != is_empty) return std::nullopt;
  const auto version = text_member(message, "version");
  const auto position = version ? parse_id(*version) : std::nullopt;
  if (!position || *position <= id) return std::nullopt;
  return position;
}

std::optional<Seen> seen_of(const Value& message, Fields fields) {
  if (!message.IsObject()) return std::nullopt;
  const auto id = text_member(message, "id");
  const auto room = text_member(message, "room");
  const auto author = text_member(message, "author");
  const auto body = text_member(message, "body");
  if (!id || !room || !author || !body) return std::nullopt;
  const auto parsed = parse_id(*id);
  if (!parsed) return std::nullopt;
  const auto position = position_of(message, *parsed, body->empty(), fields);
  if (!position) return std::nullopt;
  return Seen{*parsed, digest_of(*room, *author, *body), *position};
}

}  // namespace

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

std::string format_id(const Id& id) {
  std::string text;
  for (std::size_t i = 0; i < id.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += hex_digits[id[i] >> 4];
    text += hex_digits[id[i] & 15];
  }
  return text;
}

std::optional<Seen> read_message(std::string_view json, Fields fields) {
  rapidjson::Document document;
  document.Parse(json.data(), json.size());
  if (document.HasParseError()) return std::nullopt;
  return seen_of(document, fields);
}

std::optional<std::vector<Seen>> read_page(std::string_view json, Fields fields) {
  rapidjson::Document document;
  document.Parse(json.data(), json.size());
  if (document.HasParseError() || !document.IsArray()) return std::nullopt;
  std::vector<Seen> page;
  page.reserve(document.Size());
  for (const Value& message : document.GetArray()) {
    const auto seen = seen_of(message, fields);
    if (!seen) return std::nullopt;
    page.push_back(*seen);
  }
  return page;
}

std::optional<std::string> read_epoch(std::string_view json) {
  rapidjson::Document document;
  document.Parse(json.data(), json.size());
  if (document.HasParseError() || !document.IsObject()) return std::nullopt;
  const auto epoch = text_member(document, "epoch");
  if (!epoch) return std::nullopt;
  return std::string(*epoch);
}

}  // namespace chaos
