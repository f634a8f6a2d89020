// The running worker: builds the parts in the order in which they depend on each other, runs the
// loop, and stops in reverse.
#pragma once

#include <boost/asio/steady_timer.hpp>

#include "chat/chat_service.hpp"
#include "config.hpp"
#include "feed/search_indexer.hpp"
#include "http/router.hpp"
#include "server/listener.hpp"
#include "server/server.hpp"
#include "service_manager.hpp"

namespace chat {

// SIGTERM and SIGINT wait from now on until Worker::run() is there to hear them: libfcgi's handler
// would swallow what comes before. Call before other threads start.
void hold_stop_signals();

class Worker {
 public:
  // Counts where metrics() says; `scoreboard` is what it shows of all workers.
  Worker(const Config& config, Listener listener, Scoreboard& scoreboard);

  // Serves until SIGTERM or SIGINT. True when everything under way was finished by then.
  bool run();

 private:
  void take(Look look);
  void tick();
  void show_gauges();
  void tell_service_manager();
  void begin_shutdown(int signal);

  // The loop comes first: it outlives everything that posts to it.
  Loop loop_{1};
  Listener listener_;
  DeadlineWheel wheel_;
  WaitingRoom waiting_room_;
  TailWindow tail_;
  ReaderPool readers_;
  MessageWriter writer_;
  NewsFeed news_feed_;
  SearchIndexer search_indexer_;
  Feed feed_;
  ChatService service_;
  MessageStreams streams_;
  Handlers handlers_;
  Router router_;
  Server server_;

  boost::asio::steady_timer ticker_;
  ServiceManager service_manager_;
  DeadlineWheel::Tick next_sign_of_life_ = 0;
  bool server_started_ = false;
  bool ending_ = false;
  DeadlineWheel::Tick end_by_ = 0;
};

}  // namespace chat
