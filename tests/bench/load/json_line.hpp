// One JSON object, on a line of standard output.
#pragma once

#include "bench/load/clock.hpp"
#include "bench/load/network.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace load {

class JsonLine {
 public:
  JsonLine();

  JsonLine& add(const char* name, std::uint64_t number);
  JsonLine& add(const char* name, double number);
  JsonLine& add(const char* name, std::string_view text);
  JsonLine& add_null(const char* name);
  JsonLine& add(const char* name, const std::vector<Nanoseconds>& numbers);
  JsonLine& add(const char* name,
                const std::vector<std::pair<std::uint64_t, std::uint64_t>>& pairs);
  // What did not go well in all modes.
  JsonLine& add_failures(std::uint64_t failed, const std::string& first_failure);
  void print();

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

}  // namespace load
