#include "chaos/clients/http_client.hpp"

#include <boost/asio/redirect_error.hpp>
#include <cstdlib>

namespace chaos {
namespace {

namespace http = boost::beast::http;
constexpr std::uint64_t largest_answer = 64 << 20;

Answer failed(const char* failure) {
  Answer answer;
  answer.failure = failure;
  return answer;
}

Answer answer_of(http::response<http::string_body> response) {
  Answer answer;
  answer.status = static_cast<int>(response.result_int());
  if (const auto found = response.find(http::field::retry_after); found != response.end()) {
    answer.retry_after_s = std::atoi(std::string(found->value()).c_str());
  }
  answer.position = std::string(response["Chat-Position"]);
  answer.epoch = std::string(response["Chat-Epoch"]);
  answer.body = std::move(response.body());
  return answer;
}

}  // namespace

Task<Answer> HttpClient::get(std::string target, Milliseconds patience) {
  Request request(http::verb::get, target, 11);
  co_return co_await exchange(std::move(request), patience);
}

Task<Answer> HttpClient::send(Write write, Milliseconds patience) {
  Request request(write.verb, write.target, 11);
  request.set("Chat-Edit-Key", write.edit_key);
  if (!write.key.empty()) request.set("Idempotency-Key", write.key);
  if (!write.json.empty()) request.set(http::field::content_type, "application/json");
  request.body() = std::move(write.json);
  request.prepare_payload();
  co_return co_await exchange(std::move(request), patience);
}

void HttpClient::hang_up() {
  Error ignored;
  stream_.socket().close(ignored);
  buffer_.clear();
}

Task<HttpClient::Error> HttpClient::connect() {
  Error error;
  co_await stream_.async_connect(server_, boost::asio::redirect_error(UseTask(), error));
  // Small requests must not wait for acknowledgements of the ones before.
  if (!error) stream_.socket().set_option(boost::asio::ip::tcp::no_delay(true), error);
  co_return error;
}

// A connection on which something can be read before anything was asked is one that was closed.
bool HttpClient::is_connected() {
  auto& socket = stream_.socket();
  if (!socket.is_open()) return false;
  Error error;
  socket.non_blocking(true, error);
  char next = 0;
  socket.receive(boost::asio::buffer(&next, 1), boost::asio::socket_base::message_peek, error);
  if (error == boost::asio::error::would_block) return true;
  hang_up();
  return false;
}

Task<Answer> HttpClient::exchange(Request request, Milliseconds patience) {
  const bool kept = is_connected();
  stream_.expires_after(patience);
  request.set(http::field::host, "chat");
  Error error;
  if (!kept) error = co_await connect();
  if (error) {
    hang_up();
    co_return failed(error == boost::beast::error::timeout ? "silence" : "refused");
  }
  Parser parser;
  parser.body_limit(largest_answer);
  co_await http::async_write(stream_, request, boost::asio::redirect_error(UseTask(), error));
  // Also after an error of writing: the answer may have been sent before the connection closed.
  if (error != boost::beast::error::timeout) {
    error = {};
    co_await http::async_read(stream_, buffer_, parser,
                              boost::asio::redirect_error(UseTask(), error));
  }
  if (error) {
    Answer answer = failed(error == boost::beast::error::timeout ? "silence" : "cut");
    answer.stale_connection = kept && answer.failure == "cut" && !parser.got_some();
    hang_up();
    co_return answer;
  }
  const bool keep = parser.get().keep_alive();
  if (!keep) hang_up();
  co_return answer_of(parser.release());
}

}  // namespace chaos
