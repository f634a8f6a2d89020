#include "chaos/clients/text.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <array>
#include <cstdio>
#include <string_view>

#include "chaos/clients/seen.hpp"

namespace chaos {
namespace {

// Every kind of byte that something on the way might stumble over.
constexpr std::string_view words[] = {
    "hello",           "\"quoted\"",   "back\\slash", "a\nline", "\ttab",
    "gr\u00fc\u00dfe", "\u4f60\u597d", "\U0001f680",  "{}[],:",  "'; --",
    "\u0001",          "</script>",    "NULL",        "%00",     "\u2028"};
constexpr std::size_t usual_words = 12;
constexpr std::size_t many_words = 800;
constexpr std::uint64_t long_one_in = 500;

std::string digits_of(std::uint64_t serial) {
  std::array<char, 17> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(serial));
  return digits.data();
}

void add_words(std::string& body, Random& random) {
  std::uint64_t count = any(random, any(random, long_one_in) == 0 ? many_words : usual_words);
  for (; count > 0; --count) {
    body += ' ';
    body += words[any(random, std::size(words))];
  }
}

class Json {
 public:
  Json() { writer_.StartObject(); }

  void add(const char* name, const std::string& text) {
    writer_.Key(name);
    writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  }
  std::string text() {
    writer_.EndObject();
    return {buffer_.GetString(), buffer_.GetSize()};
  }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

}  // namespace

Saying make_saying(std::uint64_t serial, const std::string& room, const std::string& author,
                   Random& random) {
  std::string body = digits_of(serial);
  add_words(body, random);
  Json json;
  json.add("room", room);
  if (!author.empty()) json.add("author", author);
  json.add("body", body);
  return {serial, json.text(), digest_of(room, author, body)};
}

Saying make_edit(std::uint64_t serial, std::uint32_t number, const std::string& room,
                 const std::string& author, Random& random) {
  std::string body = digits_of(serial) + " edit " + std::to_string(number);
  add_words(body, random);
  Json json;
  json.add("body", body);
  return {serial, json.text(), digest_of(room, author, body)};
}

std::uint64_t any(Random& random, std::uint64_t below) { return random() % below; }

}  // namespace chaos
