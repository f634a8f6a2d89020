#include "http/json.hpp"

#include <rapidjson/document.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <optional>

#include "domain/error.hpp"

namespace chat {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

std::string_view view(const rapidjson::Value& text) {
  return {text.GetString(), text.GetStringLength()};
}

// The member of that name; null when it is missing. Refuses a name that stands twice: which of the
// two was meant is anybody's guess.
const rapidjson::Value* find_member(const rapidjson::Document& object, const char* name) {
  const rapidjson::Value* found = nullptr;
  for (const auto& member : object.GetObject()) {
    if (view(member.name) != name) continue;
    if (found != nullptr) {
      throw_invalid_argument(std::string("The member ") + name + " is given twice");
    }
    found = &member.value;
  }
  return found;
}

std::optional<std::string> string_member(const rapidjson::Document& object, const char* name) {
  const rapidjson::Value* member = find_member(object, name);
  if (member == nullptr) return std::nullopt;
  if (!member->IsString()) {
    throw_invalid_argument(std::string("The member ") + name + " must be a string");
  }
  std::string text(view(*member));
  // RapidJSON checks the encoding of what it reads, but lets an escape like \udc00 alone become
  // bytes that are no UTF-8.
  if (!is_valid_utf8(text)) {
    throw_invalid_argument(std::string("The member ") + name + " is not valid Unicode");
  }
  return text;
}

bool is_null_member(const rapidjson::Document& object, const char* name) {
  const rapidjson::Value* member = find_member(object, name);
  return member != nullptr && member->IsNull();
}

void write(Writer& writer, std::string_view text) {
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void write_changes(Writer& writer, const Message& message) {
  if (message.signed_in) {
    writer.Key("signed_in");
    writer.Bool(true);
  }
  if (!message.version) return;
  writer.Key("version");
  write(writer, format_message_id(*message.version));
  writer.Key(message.deleted ? "deleted_at" : "edited_at");
  write(writer, created_at(*message.version));
}

void write(Writer& writer, const Message& message, Fields fields) {
  writer.StartObject();
  writer.Key("id");
  write(writer, format_message_id(message.id));
  writer.Key("created_at");
  write(writer, created_at(message.id));
  writer.Key("body");
  write(writer, message.body);
  writer.Key("room");
  write(writer, message.room);
  writer.Key("author");
  if (message.author) {
    write(writer, *message.author);
  } else {
    writer.Null();
  }
  if (fields == Fields::with_changes) write_changes(writer, message);
  writer.EndObject();
}

void write(Writer& writer, const RoomSummary& summary) {
  writer.StartObject();
  writer.Key("room");
  write(writer, summary.room);
  writer.Key("newest");
  if (summary.newest) {
    write(writer, format_message_id(*summary.newest));
  } else {
    writer.Null();
  }
  if (summary.unread) {
    writer.Key("unread");
    writer.Int(*summary.unread);
  }
  writer.EndObject();
}

std::string text_of(const rapidjson::StringBuffer& buffer) {
  return {buffer.GetString(), buffer.GetSize()};
}

std::string render_single(const char* name, std::string_view value) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  writer.Key(name);
  write(writer, value);
  writer.EndObject();
  return text_of(buffer);
}

// RapidJSON would skip a byte order mark too, and one or two bytes of it alone, which are no UTF-8;
// but only when it makes the stream itself.
std::string_view without_byte_order_mark(std::string_view json) {
  constexpr std::string_view mark = "\xef\xbb\xbf";
  return json.starts_with(mark) ? json.substr(mark.size()) : json;
}

// The same text with no more than two digits in a row outside of strings: JSON where the text is
// JSON, and with numbers that fit a double.
std::string with_short_numbers(std::string_view json) {
  constexpr int most_digits = 2;
  std::string text;
  text.reserve(json.size());
  bool quoted = false;
  int digits = 0;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    digits = !quoted && c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits > most_digits) continue;
    text += c;
    if (quoted && c == '\\' && i + 1 < json.size()) text += json[++i];
    if (c == '"') quoted = !quoted;
  }
  return text;
}

void parse(rapidjson::Document& document, std::string_view json) {
  rapidjson::MemoryStream bytes(json.data(), json.size());
  // Iterative: a deeply nested text must not grow the stack of the loop's thread.
  document.ParseStream<rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag>(
      bytes);
}

rapidjson::Document parse_object(std::string_view json) {
  json = without_byte_order_mark(json);
  rapidjson::Document document;
  parse(document, json);
  // No number means anything here, and JSON has no limit for them; RapidJSON's is a double's.
  if (document.GetParseError() == rapidjson::kParseErrorNumberTooBig) {
    parse(document, with_short_numbers(json));
  }
  // RapidJSON takes a NUL byte for the end of the text, whatever follows it.
  if (document.HasParseError() || json.find('\0') != std::string_view::npos) {
    throw_invalid_argument("The request body is not valid JSON");
  }
  if (!document.IsObject()) throw_invalid_argument("The request body is not a JSON object");
  return document;
}

std::string body_member(const rapidjson::Document& document) {
  std::optional<std::string> body = string_member(document, "body");
  if (!body) throw_invalid_argument("The member body is missing");
  return std::move(*body);
}

}  // namespace

NewMessage parse_new_message(std::string_view json) {
  const rapidjson::Document document = parse_object(json);
  NewMessage message;
  message.body = body_member(document);
  if (auto room = string_member(document, "room")) message.room = std::move(*room);
  // An answer says null for nobody, so a client may say it as well.
  if (!is_null_member(document, "author")) message.author = string_member(document, "author");
  return message;
}

std::string parse_edited_body(std::string_view json) { return body_member(parse_object(json)); }

bool is_valid_utf8(std::string_view text) {
  rapidjson::MemoryStream bytes(text.data(), text.size());
  rapidjson::StringBuffer ignored;
  while (bytes.Tell() < text.size()) {
    if (!rapidjson::UTF8<>::Validate(bytes, ignored)) return false;
  }
  // A sequence that is cut at the end makes Validate read beyond it.
  return bytes.Tell() == text.size();
}

std::string render_message(const Message& message, Fields fields) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  write(writer, message, fields);
  return text_of(buffer);
}

std::string render_messages(const std::vector<MessagePtr>& messages, Fields fields) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartArray();
  for (const MessagePtr& message : messages) write(writer, *message, fields);
  writer.EndArray();
  return text_of(buffer);
}

std::string render_cursor(std::string_view after, std::string_view epoch) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  writer.Key("after");
  write(writer, after);
  writer.Key("epoch");
  write(writer, epoch);
  writer.EndObject();
  return text_of(buffer);
}

std::string render_rooms(const std::vector<RoomSummary>& rooms) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartArray();
  for (const RoomSummary& room : rooms) write(writer, room);
  writer.EndArray();
  return text_of(buffer);
}

std::string render_error(std::string_view sentence) { return render_single("error", sentence); }

std::string render_health() { return render_single("status", "ok"); }

}  // namespace chat
