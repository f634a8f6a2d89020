// Stands between two ends of a unix socket and makes the way long: every byte arrives so many
// milliseconds after it was sent, in both directions, as if the server were on another host. What
// was sent together arrives together, so the way is long and not narrow.

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/program_options.hpp>
#include <chrono>
#include <deque>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace po = boost::program_options;
using Protocol = asio::local::stream_protocol;
using Socket = Protocol::socket;
using boost::system::error_code;

constexpr std::size_t chunk_bytes = 64 * 1024;
// On the way in one direction; a sender who is faster waits.
constexpr std::size_t most_chunks = 256;

struct Options {
  std::string listen;
  std::string connect;
  unsigned delay_ms = 0;  // each way
};

// One direction of a connection. Lives as long as something of it is under way.
class Way : public std::enable_shared_from_this<Way> {
 public:
  Way(std::shared_ptr<Socket> from, std::shared_ptr<Socket> to, std::chrono::milliseconds delay)
      : from_(std::move(from)), to_(std::move(to)), delay_(delay), timer_(from_->get_executor()) {}

  void read() {
    reading_ = true;
    buffer_.resize(chunk_bytes);
    from_->async_read_some(asio::buffer(buffer_), [self = shared_from_this()](
                                                      const error_code& error, std::size_t bytes) {
      self->reading_ = false;
      self->take(error ? std::vector<char>()
                       : std::vector<char>(self->buffer_.begin(),
                                           self->buffer_.begin() + static_cast<long>(bytes)));
    });
  }

 private:
  struct Chunk {
    std::chrono::steady_clock::time_point due;
    std::vector<char> bytes;  // none: the end
  };

  void take(std::vector<char> bytes) {
    const bool ended = bytes.empty();
    chunks_.push_back({std::chrono::steady_clock::now() + delay_, std::move(bytes)});
    if (chunks_.size() == 1) wait_for_the_first();
    if (!ended && chunks_.size() < most_chunks) read();
  }

  void wait_for_the_first() {
    timer_.expires_at(chunks_.front().due);
    timer_.async_wait([self = shared_from_this()](const error_code&) { self->write(); });
  }

  void write() {
    if (chunks_.front().bytes.empty()) {
      error_code ignored;
      to_->shutdown(Socket::shutdown_send, ignored);
      return;
    }
    asio::async_write(*to_, asio::buffer(chunks_.front().bytes),
                      [self = shared_from_this()](const error_code& error, std::size_t) {
                        self->written(error);
                      });
  }

  void written(const error_code& error) {
    if (error) {
      // Who sends into it is to notice.
      error_code ignored;
      from_->close(ignored);
      return;
    }
    const bool was_full = chunks_.size() >= most_chunks;
    chunks_.pop_front();
    if (!chunks_.empty()) wait_for_the_first();
    if (was_full && !reading_) read();
  }

  const std::shared_ptr<Socket> from_;
  const std::shared_ptr<Socket> to_;
  const std::chrono::milliseconds delay_;
  asio::steady_timer timer_;
  std::vector<char> buffer_;
  std::deque<Chunk> chunks_;
  bool reading_ = false;
};

class Relay {
 public:
  Relay(asio::io_context& loop, const Options& options)
      : loop_(loop),
        server_(options.connect),
        delay_(options.delay_ms),
        acceptor_(loop, Protocol::endpoint(options.listen)) {}

  void accept() {
    acceptor_.async_accept([this](const error_code& error, Socket client) {
      if (!error) begin(std::make_shared<Socket>(std::move(client)));
      accept();
    });
  }

 private:
  void begin(const std::shared_ptr<Socket>& client) {
    const auto server = std::make_shared<Socket>(loop_);
    error_code error;
    server->connect(server_, error);
    if (error) return;  // closes the client's connection, as a server that is away would
    std::make_shared<Way>(client, server, delay_)->read();
    std::make_shared<Way>(server, client, delay_)->read();
  }

  asio::io_context& loop_;
  const Protocol::endpoint server_;
  const std::chrono::milliseconds delay_;
  Protocol::acceptor acceptor_;
};

Options options_of(int argc, char** argv) {
  Options options;
  po::options_description described("relay --listen PATH --connect PATH --delay-ms N");
  auto add = described.add_options();
  add("listen", po::value(&options.listen)->required(), "path of the socket to make");
  add("connect", po::value(&options.connect)->required(), "path of the server's socket");
  add("delay-ms", po::value(&options.delay_ms)->required(), "of each way");
  po::variables_map values;
  po::store(po::parse_command_line(argc, argv, described), values);
  po::notify(values);
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Options options = options_of(argc, argv);
    std::filesystem::remove(options.listen);
    asio::io_context loop(1);
    Relay relay(loop, options);
    relay.accept();
    loop.run();
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "relay: " << error.what() << '\n';
    return 1;
  }
}
