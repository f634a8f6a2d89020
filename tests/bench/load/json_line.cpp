#include "bench/load/json_line.hpp"

#include <cstdio>
#include <stdexcept>

namespace load {
namespace {

constexpr int decimal_places = 6;

}  // namespace

JsonLine::JsonLine() : writer_(buffer_) {
  writer_.SetMaxDecimalPlaces(decimal_places);
  writer_.StartObject();
}

JsonLine& JsonLine::add(const char* name, std::uint64_t number) {
  writer_.Key(name);
  writer_.Uint64(number);
  return *this;
}

JsonLine& JsonLine::add(const char* name, double number) {
  writer_.Key(name);
  writer_.Double(number);
  return *this;
}

JsonLine& JsonLine::add(const char* name, std::string_view text) {
  writer_.Key(name);
  writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  return *this;
}

JsonLine& JsonLine::add_null(const char* name) {
  writer_.Key(name);
  writer_.Null();
  return *this;
}

JsonLine& JsonLine::add(const char* name, const std::vector<Nanoseconds>& numbers) {
  writer_.Key(name);
  writer_.StartArray();
  for (const auto number : numbers) writer_.Int64(number);
  writer_.EndArray();
  return *this;
}

JsonLine& JsonLine::add(const char* name,
                        const std::vector<std::pair<std::uint64_t, std::uint64_t>>& pairs) {
  writer_.Key(name);
  writer_.StartArray();
  for (const auto& [first, second] : pairs) {
    writer_.StartArray();
    writer_.Uint64(first);
    writer_.Uint64(second);
    writer_.EndArray();
  }
  writer_.EndArray();
  return *this;
}

JsonLine& JsonLine::add_failures(std::uint64_t failed, const std::string& first_failure) {
  return add("failed", failed).add("first_failure", std::string_view(first_failure));
}

void JsonLine::print() {
  writer_.EndObject();
  std::fwrite(buffer_.GetString(), 1, buffer_.GetSize(), stdout);
  std::fputc('\n', stdout);
  // Whoever reads us would wait for ever for what a buffer holds.
  if (std::fflush(stdout) != 0) throw std::runtime_error("standard output cannot be written to.");
}

}  // namespace load
