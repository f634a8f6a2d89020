#include "sent_request.hpp"

#include "target.hpp"

namespace chat::fuzz {
namespace {

// Takes bytes off the front of a text.
class Taker {
 public:
  explicit Taker(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool done() const { return rest_.empty(); }

  std::string_view take(std::size_t count) {
    require(count <= rest_.size(), "what RequestFrame lets pass is all there");
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  std::size_t number(std::size_t bytes) {
    std::size_t value = 0;
    for (const char c : take(bytes)) value = value << 8U | static_cast<unsigned char>(c);
    return value;
  }

  // One byte below 128, else four of which the first bit does not count.
  std::size_t length() {
    const std::size_t first = number(1);
    return first < 0x80 ? first : (first & 0x7fU) << 24U | number(3);
  }

 private:
  std::string_view rest_;
};

// The first of that name counts.
std::string value_of(const SentRequest& sent, const std::string& name) {
  for (const auto& [key, value] : sent.params) {
    if (key == name) return value;
  }
  return {};
}

// A header that was sent on several lines is one.
std::optional<std::string> header_of(const SentRequest& sent, const std::string& name) {
  std::optional<std::string> header;
  for (const auto& [key, value] : sent.params) {
    if (key == name) header = header ? *header + ", " + value : value;
  }
  return header;
}

// Those of ASCII; the rest of the name or value says nothing to anybody but a client.
bool has_one_of(const std::string& text, bool with_tabulator, char also) {
  for (const char c : text) {
    const int code = static_cast<unsigned char>(c);
    if (code == 127 || (also != 0 && c == also)) return true;
    if (code < 32 && (with_tabulator || c != '\t')) return true;
  }
  return false;
}

}  // namespace

bool is_text(const SentRequest& sent) {
  for (const auto& [name, value] : sent.params) {
    if (has_one_of(name, true, '=') || has_one_of(value, false, 0)) return false;
  }
  return true;
}

bool is_head(const SentRequest& sent) { return value_of(sent, "REQUEST_METHOD") == "HEAD"; }

SentRequest read_records(std::string_view bytes) {
  SentRequest sent;
  std::string params;
  for (Taker records(bytes); !records.done();) {
    records.take(1);  // the version
    const std::size_t type = records.number(1);
    records.take(2);  // the request's id
    const std::size_t size = records.number(2);
    const std::size_t padding = records.number(1);
    records.take(1);  // reserved
    const std::string_view content = records.take(size);
    records.take(padding);
    if (type == 4) params += content;
    if (type == 5) sent.body += content;
  }
  for (Taker pairs(params); !pairs.done();) {
    const std::size_t name = pairs.length();
    const std::size_t value = pairs.length();
    const std::string name_text(pairs.take(name));
    sent.params.emplace_back(name_text, pairs.take(value));
  }
  return sent;
}

void require_parsed_as_sent(const Request& parsed, const SentRequest& sent) {
  const auto text = [&](const char* name) { return value_of(sent, name); };
  const std::string path = text("DOCUMENT_URI");
  require(parsed.method == text("REQUEST_METHOD"), "the method is the one that was sent");
  require(parsed.path == (path.empty() ? text("SCRIPT_NAME") : path), "the path is");
  require(parsed.query_string == text("QUERY_STRING"), "the query string is");
  require(parsed.content_type == text("CONTENT_TYPE"), "the content type is");
  require(parsed.remote_user == text("REMOTE_USER"), "the user is");
  require(parsed.request_id == text("REQUEST_ID"), "the request id is");
  require(parsed.prefer == header_of(sent, "HTTP_PREFER"), "the Prefer header is");
  require(parsed.idempotency_key == header_of(sent, "HTTP_IDEMPOTENCY_KEY"), "the key is");
  require(parsed.body == sent.body, "the body is");
}

}  // namespace chat::fuzz
