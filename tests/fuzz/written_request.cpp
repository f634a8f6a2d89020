#include "written_request.hpp"

#include <algorithm>
#include <cstdint>

#include "unit/fastcgi_records.hpp"

namespace chat::fuzz {
namespace {

struct Shape {
  std::size_t chunk;    // bytes in a record
  std::size_t padding;  // after each record
  bool long_lengths;    // four bytes where one would do
};

Shape take_shape(std::string_view& input) {
  const auto take = [&] {
    const unsigned char byte = input.empty() ? '\0' : static_cast<unsigned char>(input.front());
    input.remove_prefix(input.empty() ? 0 : 1);
    return std::size_t{byte};
  };
  return {take() + 1, take(), take() % 2 == 1};
}

SentRequest take_request(std::string_view input) {
  SentRequest sent;
  while (!input.empty()) {
    const std::string_view line = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(input.size(), line.size() + 1));
    if (line.empty()) break;
    const std::size_t equals = line.find('=');
    const bool has_value = equals != std::string_view::npos;
    sent.params.emplace_back(line.substr(0, equals), has_value ? line.substr(equals + 1) : "");
  }
  sent.body = input;
  return sent;
}

std::string stream(int type, std::string_view content, const Shape& shape) {
  std::string records;
  while (!content.empty()) {
    const std::string_view part = content.substr(0, shape.chunk);
    records += test::record(type, part, 1, shape.padding);
    content.remove_prefix(part.size());
  }
  return records + test::record(type, {}, 1, shape.padding);
}

std::string records_of(const SentRequest& sent, const Shape& shape) {
  std::string params;
  for (const auto& [name, value] : sent.params) {
    if (shape.long_lengths) {
      params += test::long_length(static_cast<std::uint32_t>(name.size()));
      params += test::long_length(static_cast<std::uint32_t>(value.size())) + name + value;
    } else {
      params += test::pair(name, value);
    }
  }
  return test::begin_record() + stream(test::params_type, params, shape) +
         stream(test::stdin_type, sent.body, shape);
}

}  // namespace

WrittenRequest write_request(std::string_view input) {
  const Shape shape = take_shape(input);
  const SentRequest sent = take_request(input);
  return {sent, records_of(sent, shape)};
}

}  // namespace chat::fuzz
