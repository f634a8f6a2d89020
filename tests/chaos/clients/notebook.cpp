#include "chaos/clients/notebook.hpp"

#include <cstdio>

namespace chaos {
namespace {

constexpr const char* no_id = "ffffffff-ffff-ffff-ffff-ffffffffffff";
constexpr unsigned first_page = 50;

}  // namespace

Notebook::Notebook(Run& run, unsigned number, const Habits& habits, std::string room)
    : run_(run),
      number_(number),
      name_("reader-" + std::to_string(number)),
      room_(std::move(room)),
      habits_(habits),
      fields_(habits.changes ? Fields::with_changes : Fields::plain),
      history_(run.options.history, number) {}

void Notebook::begin() { print_beginning(0); }

bool Notebook::begin_with_newest(const Answer& answer, std::uint64_t asked_at, Random& random) {
  const auto page = page_of(answer, first_page, asked_at);
  if (!page) return false;
  out_of_date_ = false;
  epoch_ = answer.epoch;
  if (habits_.changes) {
    after_ = {};
    go_on_at(answer.position, asked_at);
  } else if (!page->empty()) {
    after_ = (*page)[any(random, page->size())].id;
  }
  began_ = after_;
  print_beginning(habits_.changes ? page->size() : 0);
  if (habits_.changes) note(*page, asked_at);
  return true;
}

bool Notebook::take(const Answer& answer, std::uint64_t asked_at) {
  const auto page = page_of(answer, habits_.limit, asked_at);
  if (!page) return false;
  note_epoch(answer.epoch);
  if (out_of_date_) return false;
  note(*page, asked_at);
  if (habits_.by_ids) {
    if (!page->empty()) after_ = page->back().id;
  } else {
    go_on_at(answer.position, asked_at);
  }
  return page->empty();
}

bool Notebook::take(const std::vector<ServerEvent>& events, std::uint64_t asked_at) {
  bool is_all = false;
  std::vector<Seen> messages;
  for (const ServerEvent& event : events) {
    if (out_of_date_) break;
    if (event.name == "cursor") take_cursor(event, asked_at);
    is_all = event.name == "cursor" && !out_of_date_;
    if (!event.name.empty()) continue;
    if (const auto message = message_of(event, asked_at)) messages.push_back(*message);
  }
  note(messages, asked_at);
  return is_all;
}

// It tells how far everything was read, which is more than what messages tell.
void Notebook::take_cursor(const ServerEvent& event, std::uint64_t asked_at) {
  const auto epoch = read_epoch(event.data);
  if (!epoch) run_.report.error(name_, "malformed event", event.data, asked_at);
  note_epoch(epoch.value_or(""));
  if (!out_of_date_) go_on_at(event.id, asked_at);
}

std::optional<Seen> Notebook::message_of(const ServerEvent& event, std::uint64_t asked_at) {
  const auto message = read_message(event.data, fields_);
  if (!message || format_id(message->position) != event.id) {
    run_.report.error(name_, "malformed event", event.id + ' ' + event.data, asked_at);
    return std::nullopt;
  }
  after_ = message->position;
  return message;
}

std::optional<std::vector<Seen>> Notebook::page_of(const Answer& answer, unsigned limit,
                                                   std::uint64_t asked_at) {
  auto page = read_page(answer.body, fields_);
  if (!page) run_.report.error(name_, "malformed answer", answer.body, asked_at);
  if (page && page->size() > limit) {
    run_.report.error(name_, "page over its limit", std::to_string(page->size()), asked_at);
  }
  return page;
}

void Notebook::note(const std::vector<Seen>& messages, std::uint64_t asked_at) {
  run_.report.read(habits_, messages);
  history_.add(messages, asked_at);
}

// Only who knows that messages change drops what he has.
void Notebook::note_epoch(const std::string& epoch) {
  out_of_date_ = habits_.changes && !epoch.empty() && !epoch_.empty() && epoch != epoch_;
  if (!epoch.empty()) epoch_ = epoch;
}

void Notebook::go_on_at(const std::string& position, std::uint64_t asked_at) {
  const auto next = parse_id(position);
  if (!next || *next < after_) {
    const std::string detail = "'" + position + "' after " + format_id(after_);
    run_.report.error(name_, "no position to go on at", detail, asked_at);
    return;
  }
  after_ = *next;
}

std::string Notebook::question() const {
  return "/messages?room=" + room_ + (habits_.changes ? "&changes=1" : "");
}

std::string Notebook::poll(int timeout_s) const {
  std::string address = question() + "&after=" + format_id(after_);
  address += "&limit=" + std::to_string(habits_.limit);
  if (timeout_s >= 0) address += "&timeout=" + std::to_string(timeout_s);
  if (habits_.changes && !epoch_.empty()) address += "&epoch=" + epoch_;
  return address;
}

std::string Notebook::stream() const { return question() + "&after=" + format_id(began_); }

std::string Notebook::newest() const {
  return question() + "&before=" + no_id + "&limit=" + std::to_string(first_page);
}

std::string Notebook::last_event_id() const { return after_ == began_ ? "" : format_id(after_); }

void Notebook::print_beginning(std::size_t page) const {
  std::printf(R"({"reader":%u,"room":"%s","after":"%s","changes":%s,"from":%llu,"page":%zu})"
              "\n",
              number_, room_.c_str(), format_id(after_).c_str(), habits_.changes ? "true" : "false",
              static_cast<unsigned long long>(history_.size()), page);
  std::fflush(stdout);
}

}  // namespace chaos
