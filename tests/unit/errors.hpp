// What a call throws, as a value.
#pragma once

#include <optional>
#include <string>

#include "domain/error.hpp"

namespace chat::test {

// Empty when nothing was thrown.
template <class Call>
std::optional<ErrorCode> code_thrown_by(Call call) {
  try {
    static_cast<void>(call());
  } catch (const Error& error) {
    return error.code();
  }
  return std::nullopt;
}

// The sentence for the client; empty when nothing was thrown.
template <class Call>
std::string sentence_thrown_by(Call call) {
  try {
    static_cast<void>(call());
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace chat::test
