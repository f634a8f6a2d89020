// How each system is asked for messages and told one. Requests are made in one text that is used
// again and again, and are valid until the next is made.
#pragma once

#include "bench/load/http_answer.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace load {

constexpr std::string_view nil_id = "00000000-0000-0000-0000-000000000000";

// Where a reader stands; of a size of its own, so that following it allocates nothing.
class Cursor {
 public:
  // False when they are too long to be what we expect.
  bool set(std::string_view first, std::string_view second = {});
  std::string_view first() const { return {text_.data(), first_size_}; }
  std::string_view second() const { return {text_.data() + first_size_, second_size_}; }

 private:
  std::array<char, 94> text_{};
  std::uint8_t first_size_ = 0;
  std::uint8_t second_size_ = 0;
};

class Dialect {
 public:
  enum class News { some, none, unreadable };

  virtual ~Dialect() = default;

  virtual std::string_view poll(std::string_view room, const Cursor& cursor) = 0;
  // Asks for a stream of events.
  virtual std::string_view stream(std::string_view room, const Cursor& cursor) = 0;
  // What a poll's answer says, and where its reader stands then.
  virtual News understand(const Answer& answer, Cursor& cursor) const = 0;
  virtual std::string_view post(std::string_view room, std::string_view body) = 0;
  // Something that is answered at once.
  virtual std::string_view probe(std::string_view room) = 0;
  // Whether a request waits for a message.
  virtual bool parks() const { return true; }
};

struct ChatSettings {
  std::string path = "/messages";
  unsigned poll_timeout_s = 30;
};

class ChatDialect final : public Dialect {
 public:
  explicit ChatDialect(ChatSettings settings) : settings_(std::move(settings)) {}

  std::string_view poll(std::string_view room, const Cursor& cursor) override;
  std::string_view stream(std::string_view room, const Cursor& cursor) override;
  News understand(const Answer& answer, Cursor& cursor) const override;
  std::string_view post(std::string_view room, std::string_view body) override;
  std::string_view probe(std::string_view room) override;
  std::string_view page(std::string_view room, std::string_view after, unsigned limit,
                        unsigned timeout_s);

 private:
  const ChatSettings settings_;
  std::string json_;
  std::string text_;
};

// chat, nchan or constant; throws a sentence for another name.
std::unique_ptr<Dialect> make_dialect(const std::string& name, const ChatSettings& settings);

}  // namespace load
