#include "server/connection.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "domain/error.hpp"
#include "failure_log.hpp"
#include "http/error_response.hpp"
#include "http/message_streams.hpp"
#include "server/server.hpp"

namespace chat {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr Failure request_failed{LogLevel::warning, "request failed", "requests no longer fail"};
constexpr Failure request_broke{LogLevel::error, "request failed", "requests no longer fail"};
constexpr Failure malformed{LogLevel::warning, "malformed FastCGI", "no more malformed FastCGI"};

Error internal_error() { return Error(ErrorCode::internal, "Internal error: The request failed"); }

}  // namespace

void Connection::IoDeadline::on_deadline() {
  log_debug("connection timed out", {{"request_id", connection_.client_.request_id()}});
  if (connection_.route_ == RouteLabel::stream_messages && connection_.under_way_) {
    metrics().counters.streams_cut.add();
  }
  connection_.close();
}

Connection::Connection(Socket socket, Server& server)
    : socket_(std::move(socket)), server_(server), io_deadline_(*this) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::socket_base::send_buffer_size(send_buffer_bytes), ignored);
}

// All of an answer in one coroutine: its frame is what a parked poll keeps in memory.
Task<void> Connection::serve(std::shared_ptr<Connection> self) {
  do {
    std::optional<Task<ResponsePtr>> answer = co_await self->next_request();
    if (!answer) break;
    ResponsePtr response;
    try {
      response = co_await std::move(*answer);
    } catch (...) {
      response = self->response_to_failure();
    }
    if (response == nullptr) break;
    metrics().counters.request(self->route_, response->status).add();
    if (response->stream && self->body_ == Body::sent) {
      if (!co_await self->serve_stream(std::move(response))) break;
      continue;
    }
    const WirePtr wire = self->wire_of(*response);
    std::size_t sent = 0;
    self->write_some(*wire, sent);
    if (sent < wire->size() && !co_await self->send_rest(wire, sent)) break;
    self->count_delivery();
    self->end_answer();
  } while (!self->last_answer_);
}

void Connection::end_answer() {
  answering_ = false;
  client_.set_request_id({});
}

void Connection::shut_down() {
  last_answer_ = true;
  if (!answering_) close();
}

// The bytes and the frame end with this coroutine: a parked poll holds no request. Nothing when the
// connection is to be closed.
Task<std::optional<Task<ResponsePtr>>> Connection::next_request() {
  RequestFrame frame(server_.limits_.request);
  std::string bytes;
  Reading reading = Reading::need_more;
  while (reading == Reading::need_more) {
    watch();
    if (!co_await readable_.wait()) co_return std::nullopt;
    reading = read_some(frame, bytes);
    // A request that has begun must arrive in time; an idle connection may stay.
    if (reading == Reading::need_more && !bytes.empty() && !io_deadline_.is_linked()) {
      server_.wheel_.arm(io_deadline_, server_.wheel_.after(server_.limits_.io_timeout));
    }
  }
  io_deadline_.disarm();
  if (reading == Reading::closed) co_return std::nullopt;
  answering_ = true;
  watch();
  co_return begin_answer(frame, bytes);
}

Connection::Reading Connection::read_some(RequestFrame& frame, std::string& bytes) {
  std::array<char, 16'384> chunk;
  error_code error;
  const std::size_t count = socket_.read_some(asio::buffer(chunk), error);
  if (error == asio::error::would_block) return Reading::need_more;
  if (error) return Reading::closed;
  bytes.append(chunk.data(), count);
  const RequestFrame::State state = frame.examine(bytes);
  if (state == RequestFrame::State::incomplete) return Reading::need_more;
  if (state == RequestFrame::State::malformed) {
    failure_log().happened(malformed, {{"bytes", std::to_string(bytes.size())}});
    return Reading::closed;
  }
  body_too_large_ = state == RequestFrame::State::body_too_large;
  return Reading::done;
}

// Parses, routes and starts the handler.
Task<ResponsePtr> Connection::begin_answer(const RequestFrame& frame, const std::string& bytes) {
  fastcgi_id_ = frame.request_id();
  client_.set_request_id({});
  route_ = RouteLabel::other;
  accepts_events_ = false;
  body_ = Body::sent;
  // What follows a body that was not read to its end is no request.
  if (!frame.keeps_connection() || body_too_large_ || server_.overloaded()) last_answer_ = true;
  try {
    if (body_too_large_) {
      throw Error(ErrorCode::too_large, "Invalid argument: The request body is too large");
    }
    if (!frame.params_are_text()) {
      throw_invalid_argument(
          "The address or a header contains a character that is not allowed there");
    }
    const Request& request = server_.parser_.parse(bytes);
    client_.set_request_id(request.request_id);
    route_ = Router::label_of(request);
    accepts_events_ = route_ == RouteLabel::stream_messages;
    if (is_head(request)) body_ = Body::omitted;
    if (server_.overloaded()) {
      throw Error(ErrorCode::overloaded, "Unavailable: Too many connections");
    }
    return server_.router_.respond(request, client_);
  } catch (...) {
    return ready(response_to_failure());
  }
}

// Called from a handler of any exception. What the client did wrong is not logged.
ResponsePtr Connection::response_to_failure() const {
  try {
    throw;
  } catch (const Error& error) {
    // Each limit has a sentence of its own, and so has what is not the database's fault.
    const bool alone = error.code() != ErrorCode::unavailable;
    if (http_status(error.code()) >= 500) {
      failure_log().happened(request_failed,
                             {{"request_id", client_.request_id()}, {"error", error.what()}},
                             alone ? error.what() : "");
    }
    if (accepts_events_ && http_status(error.code()) == 503) return stream_that_comes_back();
    return error_response(error);
  } catch (const std::exception& failure) {
    failure_log().happened(request_broke,
                           {{"request_id", client_.request_id()}, {"error", failure.what()}});
    return error_response(internal_error());
  }
}

Connection::WirePtr Connection::wire_of(const Response& response) const {
  if (fastcgi_id_ != usual_request_id || body_ == Body::omitted) {
    return std::make_shared<const std::string>(encode_response(response, fastcgi_id_, body_));
  }
  if (!response.wire) {
    response.wire = std::make_shared<const std::string>(encode_response(response, fastcgi_id_));
  }
  return response.wire;
}

// Sends what the socket takes now, and adds it to `sent`. False when the client is gone.
bool Connection::write_some(const std::string& wire, std::size_t& sent) {
  error_code error;
  sent += socket_.write_some(asio::buffer(wire.data() + sent, wire.size() - sent), error);
  return !error || error == asio::error::would_block;
}

// What did not fit into the socket at once. False when the client is gone or too slow.
Task<bool> Connection::send_rest(WirePtr wire, std::size_t sent) {
  server_.wheel_.arm(io_deadline_, server_.wheel_.after(server_.limits_.io_timeout));
  while (sent < wire->size()) {
    socket_.async_wait(Socket::wait_write, [self = shared_from_this()](const error_code& error) {
      self->writable_.complete(!error);
    });
    if (!co_await writable_.wait()) co_return false;
    if (!write_some(*wire, sent)) co_return false;
  }
  io_deadline_.disarm();
  co_return true;
}

// For an answer that ended a wait: from the moment its first message was stored, by the database's
// clock, until the answer was given to the kernel.
void Connection::count_delivery() {
  const auto stored_at = client_.take_news_time();
  if (!stored_at) return;
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  const std::chrono::microseconds ahead{metrics().gauges.database_clock_offset_us.value()};
  // Ids run ahead of every clock for a while after a fail-over.
  const auto taken = std::max(now + ahead - *stored_at, std::chrono::microseconds{0});
  metrics().counters.poll_delivery_us.observe(static_cast<std::uint64_t>(taken.count()));
}

void Connection::watch() {
  if (watching_) return;
  watching_ = true;
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const error_code& error) {
    self->watching_ = false;
    self->on_readable(!error);
  });
}

void Connection::on_readable(bool ok) {
  if (readable_.waiting()) {
    readable_.complete(ok);
  } else {
    // Nothing may come while a request is answered: either it is the end, or bytes that break the
    // protocol. Not watched again: unread bytes would make it ready for ever.
    last_answer_ = true;
    client_.leave();
  }
}

void Connection::close() {
  error_code ignored;
  io_deadline_.disarm();
  socket_.close(ignored);
  if (is_linked()) unlink();
}

}  // namespace chat
