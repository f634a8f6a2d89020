#include "bench/load/event_stream.hpp"

#include <vector>

#include "catch.hpp"

using load::EventStream;

namespace {

const std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";
const std::string messages = "id: 1\ndata: one\n\n: a comment\n\nid: 2\ndata: two\n\n";
const std::string events = "retry: 9\n\nevent: cursor\nid: 0\ndata: {}\n\n" + messages;

std::string chunk(const std::string& text) {
  std::string size(8, '\0');
  size.resize(static_cast<std::size_t>(snprintf(size.data(), size.size(), "%zx", text.size())));
  return size + "\r\n" + text + "\r\n";
}

// The second cuts events, as nginx does where they are longer than its buffer.
const std::string plain = head + "\r\n" + events;
const std::string in_chunks = head + "Transfer-Encoding: chunked\r\n\r\n" +
                              chunk(events.substr(0, 50)) + chunk(events.substr(50));

struct Told : EventStream::Listener {
  void began() override { ++beginnings; }
  void message(std::string_view id, std::string_view data) override {
    texts.push_back(std::string(id) + "=" + std::string(data));
  }
  int beginnings = 0;
  std::vector<std::string> texts;
};

}  // namespace

TEST_CASE("Messages of a stream are told once each, wherever its bytes are cut") {
  const std::string whole = GENERATE(plain, in_chunks);
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    CAPTURE(size);
    EventStream stream;
    Told told;
    CHECK(stream.take(std::string_view(whole).substr(0, size), told));
    CHECK(stream.take(std::string_view(whole).substr(size), told));
    CHECK(told.beginnings == 1);
    CHECK(told.texts == std::vector<std::string>{"1=one", "2=two"});
  }
}

TEST_CASE("What is no stream, or no more, says so") {
  const auto [bytes, problem] = GENERATE(table<std::string, std::string>({
      {"HTTP/1.1 503 Service Unavailable\r\n\r\n", "status 503"},
      {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[]",
       "what was answered is no stream of events"},
      {in_chunks + "0\r\n\r\n", "the stream has ended"},
      {in_chunks + "id: 3\r\n", "the size of a chunk is not a number"},
  }));
  EventStream stream;
  Told told;
  CHECK_FALSE(stream.take(bytes, told));
  CHECK(stream.problem() == problem);
}
