#include "bench/load/dialect.hpp"

#include "bench/load/message_scan.hpp"

#include <algorithm>
#include <initializer_list>
#include <stdexcept>

namespace load {
namespace {

constexpr std::string_view newest_id = "ffffffff-ffff-ffff-ffff-ffffffffffff";
// Every request ends like this; HTTP/1.1 wants a host, and no system here looks at it.
constexpr std::string_view get_end = " HTTP/1.1\r\nHost: bench\r\n\r\n";
constexpr std::string_view events_end =
    " HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n";

std::string_view join(std::string& text, std::initializer_list<std::string_view> parts) {
  text.clear();
  for (const auto part : parts) text.append(part);
  return text;
}

std::string_view post_request(std::string& text, std::string_view path, std::string_view room,
                              std::string_view type, std::string_view body) {
  return join(text, {"POST ", path, room, " HTTP/1.1\r\nHost: bench\r\nContent-Type: ", type,
                     "\r\nContent-Length: ", std::to_string(body.size()), "\r\n\r\n", body});
}

// nchan, a module of nginx: the answer's ETag and Last-Modified are the cursor.
class NchanDialect final : public Dialect {
 public:
  std::string_view poll(std::string_view room, const Cursor& cursor) override {
    if (cursor.first().empty()) return join(text_, {"GET /sub/", room, get_end});
    return join(text_, {"GET /sub/", room, " HTTP/1.1\r\nHost: bench\r\nIf-None-Match: ",
                        cursor.first(), "\r\nIf-Modified-Since: ", cursor.second(), "\r\n\r\n"});
  }

  std::string_view stream(std::string_view room, const Cursor& cursor) override {
    if (cursor.first().empty()) return join(text_, {"GET /events/", room, events_end});
    return join(text_, {"GET /events/", room,
                        " HTTP/1.1\r\nHost: bench\r\nLast-Event-ID: ", cursor.first(), "\r\n\r\n"});
  }

  News understand(const Answer& answer, Cursor& cursor) const override {
    if (answer.status == 304 || answer.status == 408) return News::none;
    const bool usable = answer.ok() && !answer.etag.empty() && !answer.last_modified.empty();
    return usable && cursor.set(answer.etag, answer.last_modified) ? News::some : News::unreadable;
  }

  std::string_view post(std::string_view room, std::string_view body) override {
    return post_request(text_, "/pub/", room, "text/plain", body);
  }

  // What is known of the channel; 404 as long as nobody has been there.
  std::string_view probe(std::string_view room) override {
    return join(text_, {"GET /pub/", room, get_end});
  }

 private:
  std::string text_;
};

// The same small answer for everybody, as fast as the server can: the ceiling.
class ConstantDialect final : public Dialect {
 public:
  std::string_view poll(std::string_view, const Cursor&) override { return request; }
  std::string_view stream(std::string_view, const Cursor&) override {
    throw std::runtime_error("nobody streams a constant.");
  }
  News understand(const Answer& answer, Cursor&) const override {
    return answer.ok() ? News::some : News::unreadable;
  }
  std::string_view post(std::string_view, std::string_view) override { return request; }
  std::string_view probe(std::string_view) override { return request; }
  bool parks() const override { return false; }

 private:
  static constexpr std::string_view request = "GET /constant HTTP/1.1\r\nHost: bench\r\n\r\n";
};

}  // namespace

bool Cursor::set(std::string_view first, std::string_view second) {
  if (first.size() + second.size() > text_.size()) return false;
  std::copy(second.begin(), second.end(), std::copy(first.begin(), first.end(), text_.begin()));
  first_size_ = static_cast<std::uint8_t>(first.size());
  second_size_ = static_cast<std::uint8_t>(second.size());
  return true;
}

std::string_view ChatDialect::page(std::string_view room, std::string_view after, unsigned limit,
                                   unsigned timeout_s) {
  return join(text_, {"GET ", settings_.path, "?after=", after, "&room=", room, "&limit=",
                      std::to_string(limit), "&timeout=", std::to_string(timeout_s), get_end});
}

std::string_view ChatDialect::poll(std::string_view room, const Cursor& cursor) {
  return join(text_, {"GET ", settings_.path, "?after=", cursor.first(), "&room=", room,
                      "&timeout=", std::to_string(settings_.poll_timeout_s), get_end});
}

std::string_view ChatDialect::stream(std::string_view room, const Cursor& cursor) {
  return join(text_,
              {"GET ", settings_.path, "?after=", cursor.first(), "&room=", room, events_end});
}

Dialect::News ChatDialect::understand(const Answer& answer, Cursor& cursor) const {
  if (!answer.ok()) return News::unreadable;
  // A quote in a text is written with a backslash before it, so this is never part of a text.
  const auto last = answer.body.rfind(id_mark);
  if (last == std::string_view::npos) {
    return answer.body.substr(0, 2) == "[]" ? News::none : News::unreadable;
  }
  const auto id = answer.body.substr(last + id_mark.size(), nil_id.size());
  return id.size() == nil_id.size() && cursor.set(id) ? News::some : News::unreadable;
}

// The body is ours and holds nothing that JSON would have to escape.
std::string_view ChatDialect::post(std::string_view room, std::string_view body) {
  join(json_, {R"({"body":")", body, R"(","room":")", room, R"("})"});
  return post_request(text_, settings_.path, "", "application/json", json_);
}

std::string_view ChatDialect::probe(std::string_view room) { return page(room, newest_id, 1, 0); }

std::unique_ptr<Dialect> make_dialect(const std::string& name, const ChatSettings& settings) {
  if (name == "chat") return std::make_unique<ChatDialect>(settings);
  if (name == "nchan") return std::make_unique<NchanDialect>();
  if (name == "constant") return std::make_unique<ConstantDialect>();
  throw std::runtime_error("--dialect is chat, nchan or constant, and not '" + name + "'.");
}

}  // namespace load
