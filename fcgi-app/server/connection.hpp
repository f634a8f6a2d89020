// One connection of the web server: next request, route, send, for as long as it is kept.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/intrusive/list.hpp>
#include <memory>
#include <optional>
#include <string>

#include "feed/waiting_room.hpp"
#include "http/outlet.hpp"
#include "http/response.hpp"
#include "metrics/worker_metrics.hpp"
#include "runtime/completion.hpp"
#include "runtime/deadline_wheel.hpp"
#include "runtime/loop.hpp"
#include "runtime/task.hpp"
#include "server/fastcgi.hpp"
#include "server/request_frame.hpp"

namespace chat {

class Server;

// Only on the loop's thread. Lives as long as its coroutine or a wait of its socket.
class Connection : public std::enable_shared_from_this<Connection>,
                   private Outlet,
                   public boost::intrusive::list_base_hook<
                       boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  using Protocol = boost::asio::generic::stream_protocol;
  using Socket = Protocol::socket::rebind_executor<Executor>::other;

  Connection(Socket socket, Server& server);

  // Serves until the web server closes, a limit is passed, or close() is called. Whoever runs it
  // calls close() at its end, however it ends.
  static Task<void> serve(std::shared_ptr<Connection> self);

  // The worker is ending: closes now when no request is under way, else after its answer.
  void shut_down();

  void close();

 private:
  // Room for a whole page (chat/page.hpp): what was written is read even when the worker dies, and
  // once the web server has passed on the head of an answer it cannot ask anybody else for the
  // rest. The kernel allows net.core.wmem_max, doubled for its bookkeeping: 416 KiB where nobody
  // has changed it.
  static constexpr int send_buffer_bytes = 512 * 1024;
  // nginx numbers every request 1, so one encoding serves all who share the answer.
  static constexpr std::uint16_t usual_request_id = 1;

  enum class Reading { done, need_more, closed };

  // The end of a read or a write that takes too long.
  class IoDeadline : public Deadline {
   public:
    explicit IoDeadline(Connection& connection) : connection_(connection) {}
    void on_deadline() override;

   private:
    Connection& connection_;
  };

  using WirePtr = std::shared_ptr<const std::string>;

  Task<std::optional<Task<ResponsePtr>>> next_request();
  Reading read_some(RequestFrame& frame, std::string& bytes);
  Task<ResponsePtr> begin_answer(const RequestFrame& frame, const std::string& bytes);
  [[nodiscard]] ResponsePtr response_to_failure() const;
  [[nodiscard]] WirePtr wire_of(const Response& response) const;
  bool write_some(const std::string& wire, std::size_t& sent);
  Task<bool> send_rest(WirePtr wire, std::size_t sent);
  Task<bool> serve_stream(ResponsePtr response);
  void end_answer();
  void count_delivery();

  // As the outlet of a stream.
  bool send(const PiecePtr& piece) override;
  Task<bool> drained() override;
  [[nodiscard]] bool ending() const override { return last_answer_; }
  [[nodiscard]] WirePtr wire_of(const Piece& piece) const;

  void watch();
  void on_readable(bool ok);

  Socket socket_;
  Server& server_;
  Client client_;
  IoDeadline io_deadline_;
  // At most one wait for readability is outstanding. While idle it means "the next request", while
  // a request is answered it means "the client left".
  Completion<bool> readable_;
  Completion<bool> writable_;
  bool watching_ = false;
  bool answering_ = false;
  bool last_answer_ = false;

  // Of the request under way.
  std::uint16_t fastcgi_id_ = 0;
  bool body_too_large_ = false;
  Body body_ = Body::sent;  // omitted for HEAD
  RouteLabel route_ = RouteLabel::other;
  bool accepts_events_ = false;

  // Of the stream under way: what the kernel has not taken of the last piece.
  WirePtr under_way_;
  std::size_t sent_ = 0;
};

}  // namespace chat
