// A connection as the outlet of a stream.
#include "metrics/worker_metrics.hpp"
#include "server/connection.hpp"
#include "server/server.hpp"

namespace chat {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// Of a stream a page waits here at most, and the next one in the kernel: who is slow must not hold
// more, and whoever is cut goes on at any place.
constexpr int stream_send_buffer_bytes = 64 * 1024;

}  // namespace

// A stream is an answer that takes its time. False when the client is gone or too slow.
Task<bool> Connection::serve_stream(ResponsePtr response) {
  error_code ignored;
  socket_.set_option(asio::socket_base::send_buffer_size(stream_send_buffer_bytes), ignored);
  under_way_ = std::make_shared<const std::string>(encode_head(*response, fastcgi_id_));
  sent_ = 0;
  Task<void> stream = response->stream(*this);
  response.reset();
  if (!write_some(*under_way_, sent_) || sent_ < under_way_->size()) co_return false;
  under_way_.reset();
  co_await std::move(stream);
  const std::string end = encode_end(fastcgi_id_);
  std::size_t sent = 0;
  if (!write_some(end, sent) || sent < end.size()) co_return false;
  socket_.set_option(asio::socket_base::send_buffer_size(send_buffer_bytes), ignored);
  client_.keep_place(false);
  end_answer();
  co_return true;
}

bool Connection::send(const PiecePtr& piece) {
  under_way_ = wire_of(*piece);
  sent_ = 0;
  const bool alive = write_some(*under_way_, sent_);
  if (!alive || sent_ < under_way_->size()) return false;
  under_way_.reset();
  count_delivery();
  return true;
}

// Whoever takes something, however little, is not cut.
Task<bool> Connection::drained() {
  const Server::Behind behind(server_, under_way_->size() - sent_);
  while (sent_ < under_way_->size()) {
    server_.wheel_.arm(io_deadline_, server_.wheel_.after(server_.limits_.stream_stall));
    socket_.async_wait(Socket::wait_write, [self = shared_from_this()](const error_code& error) {
      self->writable_.complete(!error);
    });
    if (!co_await writable_.wait()) co_return false;
    if (!write_some(*under_way_, sent_)) co_return false;
  }
  io_deadline_.disarm();
  under_way_.reset();
  count_delivery();
  co_return true;
}

Connection::WirePtr Connection::wire_of(const Piece& piece) const {
  if (fastcgi_id_ != usual_request_id) {
    return std::make_shared<const std::string>(encode_piece(piece.text, fastcgi_id_));
  }
  if (!piece.wire) {
    piece.wire = std::make_shared<const std::string>(encode_piece(piece.text, fastcgi_id_));
  }
  return piece.wire;
}

}  // namespace chat
