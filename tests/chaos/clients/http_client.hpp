// One client's way to the chat: HTTP/1.1 over a connection that is kept while both sides like to.
#pragma once

#include "runtime/loop.hpp"  // before Asio, as it says

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <string>

namespace chaos {

using chat::Executor;
using chat::Loop;
template <class T>
using Task = boost::asio::awaitable<T, Executor>;
using UseTask = boost::asio::use_awaitable_t<Executor>;

struct Answer {
  int status = 0;       // 0: no whole answer came, and `failure` says why
  std::string failure;  // "cut", "silence" or "refused"
  // A kept connection was closed before the answer began. Every HTTP client has to live with that:
  // the server may close an idle connection just as the request is on its way.
  bool stale_connection = false;
  int retry_after_s = -1;
  std::string position;  // Chat-Position
  std::string epoch;     // Chat-Epoch
  std::string body;
};

// A POST, PATCH or DELETE.
struct Write {
  boost::beast::http::verb verb = boost::beast::http::verb::post;
  std::string target = "/messages";
  std::string json;
  std::string key;       // without one when it is empty
  std::string edit_key;  // gives the right to change a message to whoever knows it
};

class HttpClient {
 public:
  using Endpoint = boost::asio::ip::tcp::endpoint;
  using Milliseconds = std::chrono::milliseconds;

  HttpClient(Loop& loop, const Endpoint& server) : stream_(loop.get_executor()), server_(server) {}

  Task<Answer> get(std::string target, Milliseconds patience);
  Task<Answer> send(Write write, Milliseconds patience);

  // The next request makes a connection of its own.
  void hang_up();

 private:
  using Request = boost::beast::http::request<boost::beast::http::string_body>;
  using Parser = boost::beast::http::response_parser<boost::beast::http::string_body>;
  using Error = boost::system::error_code;

  Task<Answer> exchange(Request request, Milliseconds patience);
  Task<Error> connect();
  bool is_connected();

  boost::beast::basic_stream<boost::asio::ip::tcp, Executor> stream_;
  boost::beast::flat_buffer buffer_;
  const Endpoint server_;
};

}  // namespace chaos
