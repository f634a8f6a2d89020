#include "chaos/clients/report.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <cstdio>

#include "chaos/clients/history.hpp"

namespace chaos {
namespace {

class Line {
 public:
  Line() { writer_.StartObject(); }

  Line& add(const char* name, const std::string& text) {
    writer_.Key(name);
    writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    return *this;
  }
  Line& add(const char* name, std::uint64_t number) {
    writer_.Key(name);
    writer_.Uint64(number);
    return *this;
  }
  Line& add(const char* name, const Pause& pause) {
    writer_.Key(name);
    writer_.StartArray();
    writer_.Uint64(pause.from());
    writer_.Uint64(pause.to());
    writer_.EndArray();
    return *this;
  }
  Line& begin(const char* name) {
    writer_.Key(name);
    writer_.StartObject();
    return *this;
  }
  Line& end() {
    writer_.EndObject();
    return *this;
  }
  void print() {
    writer_.EndObject();
    std::puts(buffer_.GetString());
    std::fflush(stdout);
  }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

}  // namespace

Report::Report() : writing_(now_ms()), reading_(now_ms()) {}

void Report::error(const std::string& who, const Answer& answer, std::uint64_t asked_at) {
  std::string kind = answer.failure;
  if (answer.status != 0) kind = std::to_string(answer.status);
  if (answer.retry_after_s >= 0) kind += " with Retry-After";
  if (answer.stale_connection) kind = "kept connection closed";
  error(who, kind, answer.body, asked_at);
}

void Report::error(const std::string& who, const std::string& kind, const std::string& detail,
                   std::uint64_t asked_at) {
  constexpr std::size_t enough = 200;
  Line()
      .add("error", kind)
      .add("who", who)
      .add("from", asked_at)
      .add("to", now_ms())
      .add("detail", detail.substr(0, enough))
      .print();
}

void Report::acknowledged(std::uint64_t asked_at) {
  const std::uint64_t now = now_ms();
  ++acknowledged_;
  slowest_post_ms_ = std::max(slowest_post_ms_, now - asked_at);
  writing_.happened(now);
}

void Report::read(const Habits& habits, const std::vector<Seen>& messages) {
  ReaderCounts& counts = of(habits);
  counts.read += messages.size();
  for (const Seen& seen : messages) counts.changes += seen.position != seen.id ? 1 : 0;
  if (!messages.empty()) reading_.happened(now_ms());
}

void Report::print() {
  Line line;
  line.add("at", now_ms())
      .add("sent", sent)
      .add("acknowledged", acknowledged_)
      .add("unknown", unknown)
      .add("resolved", resolved)
      .add("unresolved", unresolved)
      .add("repeated", repeated)
      .add("edited", edited)
      .add("deleted", deleted)
      .add("missed", missed)
      .add("begun_again", begun_again)
      .add("slowest_post_ms", slowest_post_ms_)
      .add("writing_pause", writing_)
      .add("reading_pause", reading_)
      .add("writers", writers)
      .add("readers", readers)
      .begin("kinds");
  for (const Kind& kind : kinds_) {
    line.begin(name_of(kind.habits))
        .add("readers", kind.counts.readers)
        .add("answers", kind.counts.answers)
        .add("read", kind.counts.read)
        .add("changes", kind.counts.changes)
        .end();
  }
  line.end().print();
}

}  // namespace chaos
