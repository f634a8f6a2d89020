// The loop of a stream, and what it holds while its client is slow.
#include "http/message_streams.hpp"

#include "catch.hpp"
#include "chat_fixture.hpp"
#include "messages.hpp"

using namespace chat;
using namespace chat::test;

namespace {

// A client that takes what is short, and of a message nothing until it is told to.
class SlowOutlet : public Outlet {
 public:
  bool send(const PiecePtr& piece) override {
    if (piece->text.find("\"body\"") == std::string::npos) return true;
    last_ = piece;
    return false;
  }
  Task<bool> drained() override { co_return co_await taken_.wait(); }
  [[nodiscard]] bool ending() const override { return false; }

  [[nodiscard]] bool is_full() const { return taken_.waiting(); }
  [[nodiscard]] bool somebody_holds_the_last_piece() const { return !last_.expired(); }
  void hang_up() { taken_.complete(false); }

 private:
  std::weak_ptr<const Piece> last_;
  Completion<bool> taken_;
};

Task<bool> run(ResponsePtr response, Outlet& outlet) {
  co_await response->stream(outlet);
  co_return true;
}

}  // namespace

TEST_CASE("Of a page that a slow client has not taken, its bytes alone are held") {
  ChatFixture chat;
  chat.database.add("older than what is in memory");
  chat.prime();
  MessageStreams streams(chat.service, chat.wheel, MessageStreams::Limits{});
  Client client;
  SlowOutlet outlet;

  const auto stream = chat.start(run(streams.open({}, client), outlet));
  chat.look_succeeds();
  chat.run_until([&] { return outlet.is_full(); });

  // The connection has them encoded.
  CHECK_FALSE(outlet.somebody_holds_the_last_piece());
  outlet.hang_up();
  CHECK(chat.finish(stream));
}
