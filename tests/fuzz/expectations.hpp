// What the contract says, written a second time without any code of the worker.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/error.hpp"
#include "target.hpp"

namespace chat::fuzz {

// The table of well-formed byte sequences of the Unicode standard (table 3-7).
bool is_utf8(std::string_view text);

// Of a room: [a-z0-9][a-z0-9_-]{0,63}.
bool is_room(std::string_view room);

// Of an author: 1 to 128 bytes of UTF-8 without U+0000.
bool is_author(std::string_view author);

// The client reads a plain sentence, whose every byte stands for itself in JSON and in a log.
void require_plain(const Error& refusal);

// What the reader makes of its input; nothing when it refuses it, which it does with a plain
// sentence.
template <class Reader>
auto accepted(Reader reader, std::string* sentence = nullptr) -> std::optional<decltype(reader())> {
  try {
    return reader();
  } catch (const Error& refusal) {
    require_plain(refusal);
    if (sentence != nullptr) *sentence = refusal.what();
    return std::nullopt;
  }
}

}  // namespace chat::fuzz
