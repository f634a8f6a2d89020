#include "http/events.hpp"

#include "catch.hpp"
#include "messages.hpp"

using namespace chat;
using namespace chat::test;

namespace {

bool accepted(const std::string& header) {
  Request request;
  request.accept = header;
  return accepts_events(request);
}

MessagePtr edited(unsigned n, unsigned version) {
  auto message = std::make_shared<Message>(Message{id_of(n), "lobby", {}, "a\nb"});
  message->version = id_of(version);
  return message;
}

}  // namespace

TEST_CASE("A client gets events when it names them and does not refuse them") {
  CHECK_FALSE(accepts_events(Request{}));
  for (const char* header : {"text/event-stream", "TEXT/Event-Stream ; q=1",
                             "*/*,text/event-stream", "text/event-stream;a=b;q=0.001"}) {
    CAPTURE(header);
    CHECK(accepted(header));
  }
  for (const char* header :
       {"", "*/*", "text/*", "text/event-stream;q=0", "text/event-stream; Q=0.00",
        "text/event-stream2", "application/json;x=text/event-stream", ",;,"}) {
    CAPTURE(header);
    CHECK_FALSE(accepted(header));
  }
}

TEST_CASE("A message is one event, whose id is where its reader goes on") {
  Page page{{edited(1, 9)}};
  FindQuery query;
  const std::string plain = events_of(query, page)->text;
  CHECK(plain.starts_with("id: " + format_message_id(id_of(1)) + "\ndata: {"));
  CHECK(plain.ends_with("}\n\n"));
  CHECK(plain.find("version") == std::string::npos);

  Page same{{edited(1, 9)}};
  query.changes = true;
  const std::string changes = events_of(query, same)->text;
  CHECK(changes.starts_with("id: " + format_message_id(id_of(9)) + "\ndata: {"));
  CHECK(changes.find("edited_at") != std::string::npos);
}

TEST_CASE("Nothing in a message ends its event or begins another field") {
  const std::string body = "\r\n\r\nid: x\n\ndata: y\n:\xE2\x80\xA8\x7F";
  const Page page{{message(1, "lobby", body)}};
  const std::string text = events_of({}, page)->text;
  CHECK(std::count(text.begin(), text.end(), '\n') == 3);
  CHECK(text.find('\r') == std::string::npos);
}

TEST_CASE("A page is rendered once for all who read it") {
  const Page page{{message(1), message(2)}};
  CHECK(events_of({}, page) == events_of({}, page));
}

TEST_CASE("An empty page tells how far it was read, as an event that tells no message") {
  Page page;
  page.position = id_of(7);
  page.epoch = std::make_shared<const std::string>("e");
  const std::string id = format_message_id(id_of(7));
  CHECK(events_of({}, page)->text ==
        "event: cursor\nid: " + id + "\ndata: {\"after\":\"" + id + "\",\"epoch\":\"e\"}\n\n");
}
