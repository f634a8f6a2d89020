#include "chaos/clients/event_stream.hpp"

#include <boost/asio/redirect_error.hpp>

namespace chaos {
namespace {

namespace http = boost::beast::http;

constexpr const char* event_stream_type = "text/event-stream";

std::string failure_of(const boost::system::error_code& error) {
  return error == boost::beast::error::timeout ? "silence" : "cut";
}

}  // namespace

void EventStream::hang_up() {
  Error ignored;
  stream_.socket().close(ignored);
  buffer_.clear();
  parser_.reset();
  events_ = {};
}

Task<EventStream::Error> EventStream::ask(std::string target, std::string last_event_id) {
  Error error;
  co_await stream_.async_connect(server_, boost::asio::redirect_error(UseTask(), error));
  if (error) co_return error;
  http::request<http::empty_body> request(http::verb::get, target, 11);
  request.set(http::field::host, "chat");
  request.set(http::field::accept, event_stream_type);
  if (!last_event_id.empty()) request.set("Last-Event-ID", last_event_id);
  co_await http::async_write(stream_, request, boost::asio::redirect_error(UseTask(), error));
  if (error) co_return error;
  co_await http::async_read_header(stream_, buffer_, *parser_,
                                   boost::asio::redirect_error(UseTask(), error));
  co_return error;
}

Task<Answer> EventStream::open(std::string target, std::string last_event_id,
                               Milliseconds patience) {
  hang_up();
  parser_.emplace();
  parser_->body_limit(boost::none);
  parser_->eager(true);
  stream_.expires_after(patience);
  const Error error = co_await ask(std::move(target), std::move(last_event_id));
  Answer answer;
  if (error) {
    answer.failure = failure_of(error);
    hang_up();
    co_return answer;
  }
  answer.status = static_cast<int>(parser_->get().result_int());
  if (answer.status == 200 && parser_->get()[http::field::content_type] != event_stream_type) {
    answer.status = 0;
    answer.failure = "no stream";
  }
  if (answer.status != 200) hang_up();
  co_return answer;
}

Task<Arrival> EventStream::next(Milliseconds patience) {
  Arrival arrival;
  while (arrival.open && arrival.events.empty()) {
    stream_.expires_after(patience);
    Error error;
    // The head may have brought the first events along.
    if (parser_->get().body().empty() && !parser_->is_done()) {
      co_await http::async_read_some(stream_, buffer_, *parser_,
                                     boost::asio::redirect_error(UseTask(), error));
    }
    arrival.events = events_.take(parser_->get().body());
    parser_->get().body().clear();
    arrival.open = !error && !parser_->is_done();
    if (error) arrival.failure = failure_of(error);
  }
  if (!arrival.open) hang_up();
  co_return arrival;
}

}  // namespace chaos
