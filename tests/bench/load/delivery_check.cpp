#include "bench/load/delivery_check.hpp"

#include "bench/load/message_scan.hpp"

#include <algorithm>
#include <charconv>

namespace load {
namespace {

constexpr std::string_view body_mark = "\"body\":\"ns=";

// Takes a number off the front of `text`.
template <class Number>
bool take_number(std::string_view& text, Number& number) {
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(stopped - text.data()));
  return true;
}

}  // namespace

std::string mark_text(const Mark& mark, std::size_t bytes) {
  std::string text = "ns=" + std::to_string(mark.posted_ns) + (mark.is_end ? " end=" : " seq=") +
                     std::to_string(mark.number) + ' ';
  if (text.size() < bytes) text.append(bytes - text.size(), 'x');
  return text;
}

std::optional<Mark> read_mark(std::string_view message) {
  const auto at = find_mark(message, body_mark, 0);
  if (at == std::string_view::npos) return std::nullopt;
  auto text = message.substr(at + body_mark.size());
  Mark mark;
  if (!take_number(text, mark.posted_ns)) return std::nullopt;
  mark.is_end = text.starts_with(" end=");
  if (!mark.is_end && !text.starts_with(" seq=")) return std::nullopt;
  text.remove_prefix(5);
  if (!take_number(text, mark.number)) return std::nullopt;
  return mark;
}

void DeliveryCheck::take(std::string_view page, Nanoseconds arrived_ns, Nanoseconds began_ns,
                         Deliveries& deliveries) {
  for_each_message(page, [&](std::string_view id, std::string_view message) {
    if (id <= last_id_) ++deliveries.out_of_order;
    last_id_.assign(id);
    const auto mark = read_mark(message);
    if (!mark || mark->posted_ns < began_ns) return;
    if (mark->is_end) {
      total_ = mark->number;
    } else if (see(mark->number)) {
      deliveries.delays.add(static_cast<std::uint64_t>((arrived_ns - mark->posted_ns) / ns_per_us));
    } else {
      ++deliveries.doubled;
    }
  });
}

// False when it was seen before.
bool DeliveryCheck::see(std::uint64_t number) {
  if (number >= numbers_.size()) numbers_.resize(number + 1);
  if (numbers_[number]) return false;
  numbers_[number] = true;
  greatest_ = std::max(greatest_, number);
  ++seen_;
  return true;
}

}  // namespace load
