// Server-sent events, found in the bytes that a connection brings.
#pragma once

#include <string>
#include <string_view>

namespace load {

class EventStream {
 public:
  // What is told of: the answer that begins the stream, and its messages.
  class Listener {
   public:
    virtual void began() = 0;
    // Events that have a name are no messages. Valid until it returns.
    virtual void message(std::string_view id, std::string_view data) = 0;

   protected:
    ~Listener() = default;
  };

  // False when this is no stream, or no more; `problem` says why.
  bool take(std::string_view bytes, Listener& listener);
  const std::string& problem() const { return problem_; }

 private:
  enum class Form { unknown, plain, chunked };

  std::size_t take_head(std::string_view bytes, Listener& listener);
  std::size_t take_chunks(std::string_view bytes, Listener& listener);
  void take_text(std::string_view text, Listener& listener);
  static void take_event(std::string_view event, Listener& listener);

  Form form_ = Form::unknown;
  // All are empty as a rule: an event comes whole, in a chunk of its own.
  std::string rest_;
  std::string event_;
  std::string problem_;
};

}  // namespace load
