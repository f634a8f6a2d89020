// What a reader was told, and where he goes on: the rules of docs/clients.md.
#pragma once

#include "chaos/clients/events.hpp"
#include "chaos/clients/habits.hpp"
#include "chaos/clients/run.hpp"

namespace chaos {

class Notebook {
 public:
  Notebook(Run& run, unsigned number, const Habits& habits, std::string room);

  // From here on what is told counts: everything,
  void begin();
  // or what comes after the newest messages, which a reader of changes keeps as well; another one
  // begins after any of them. False when the answer is none.
  bool begin_with_newest(const Answer& answer, std::uint64_t asked_at, Random& random);
  // Something changed that no message tells: what was told so far counts no more.
  [[nodiscard]] bool is_out_of_date() const { return out_of_date_; }

  // True when there is nothing that was not told.
  bool take(const Answer& answer, std::uint64_t asked_at);
  // Of the stream that was asked for then. True when the last of them says how far it has read;
  // which the first one of a stream says too.
  bool take(const std::vector<ServerEvent>& events, std::uint64_t asked_at);

  // The addresses of what comes next.
  [[nodiscard]] std::string poll(int timeout_s) const;
  [[nodiscard]] std::string stream() const;
  [[nodiscard]] std::string newest() const;
  [[nodiscard]] std::string last_event_id() const;

 private:
  [[nodiscard]] std::string question() const;
  void note(const std::vector<Seen>& messages, std::uint64_t asked_at);
  void note_epoch(const std::string& epoch);
  void go_on_at(const std::string& position, std::uint64_t asked_at);
  std::optional<Seen> message_of(const ServerEvent& event, std::uint64_t asked_at);
  void take_cursor(const ServerEvent& event, std::uint64_t asked_at);
  std::optional<std::vector<Seen>> page_of(const Answer& answer, unsigned limit,
                                           std::uint64_t asked_at);
  void print_beginning(std::size_t page) const;

  Run& run_;
  const unsigned number_;
  const std::string name_;
  const std::string room_;
  const Habits habits_;
  const Fields fields_;
  ReadHistory history_;
  Id began_{};  // a stream's address stays the same, wherever it goes on
  Id after_{};
  std::string epoch_;  // none: no answer has told one yet
  bool out_of_date_ = false;
};

}  // namespace chaos
