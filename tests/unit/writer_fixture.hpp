// A writer on a loop of its own, and the database that it writes to.
#pragma once

#include <memory>
#include <string>

#include "chat/message_writer.hpp"
#include "loop_fixture.hpp"
#include "memory_store.hpp"
#include "messages.hpp"

namespace chat::test {

struct WriterFixture : LoopFixture {
  explicit WriterFixture(const MessageWriter::Limits& limits = {})
      : writer(loop.get_executor(), wheel, std::make_unique<MemoryStore>(database), limits) {}

  ~WriterFixture() {
    database.release();
    finish_all();
  }

  Running<WriteResult> append(const std::string& body, const std::string& key) {
    return start(writer.append(new_message(body, key)));
  }

  // The writer's thread is busy with this message from now on.
  Running<WriteResult> append_and_hold(const std::string& body) {
    database.hold();
    const auto first = append(body, body);
    database.wait_until_held(1);
    return first;
  }

  MemoryDatabase database;
  MessageWriter writer;
};

}  // namespace chat::test
