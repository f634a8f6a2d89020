// Where a GET waits. A parked poll is a suspended coroutine: no thread, no timer and no query of
// its own. News in its room wakes it, or its deadline, or its client leaving, or the worker's end.
#pragma once

#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "runtime/completion.hpp"
#include "runtime/deadline_wheel.hpp"
#include "runtime/loop.hpp"

namespace chat {

enum class Wake { news, deadline, gone, shutdown };

// The one who waits: at most one poll for each connection, so the connection owns it.
class Client : public Deadline {
 public:
  // Of the request under way, for the log; empty when there is none.
  void set_request_id(std::string_view id) { request_id_ = id; }
  [[nodiscard]] const std::string& request_id() const { return request_id_; }

  // The client hung up: wakes its poll at once, or the next one it would park.
  void leave();

  // When the first of the news that ended its wait was stored: noted for whoever counts how long
  // deliveries take, and taken once the answer is sent.
  void note_news_time(std::chrono::milliseconds unix_time) { news_time_ = unix_time; }
  std::optional<std::chrono::milliseconds> take_news_time() {
    return std::exchange(news_time_, std::nullopt);
  }

 private:
  friend class WaitingRoom;
  struct Room;
  using RoomHook = boost::intrusive::list_member_hook<>;

  void on_deadline() override { wake(Wake::deadline); }
  void wake(Wake reason);

  RoomHook room_hook_;
  Room* room_ = nullptr;  // where it is parked now
  Completion<Wake> completion_;
  bool gone_ = false;
  std::optional<std::chrono::milliseconds> news_time_;
  std::string request_id_;
};

// Only on the loop's thread.
class WaitingRoom {
 public:
  WaitingRoom(Executor executor, DeadlineWheel& wheel, std::size_t max_polls);
  ~WaitingRoom();
  WaitingRoom(const WaitingRoom&) = delete;
  WaitingRoom& operator=(const WaitingRoom&) = delete;

  // Suspends the caller until the first of: news in `room`, the tick `due`, the client's leaving,
  // the worker's end. Nothing of the loop runs between the caller's last look and this call, so no
  // news is lost between them. Throws Error(unavailable) when the room holds all it may; not for a
  // poll that goes on waiting (`again`), though others have come while it looked.
  Completion<Wake>::Wait news_or(DeadlineWheel::Tick due, const std::string& room, Client& client,
                                 bool again = false);

  // Wakes everyone who waits in the room, a few hundred for each turn of the loop.
  void announce(const std::string& room);
  void announce_to_all();

  // Wakes everyone, now and from now on.
  void shut_down();

  [[nodiscard]] std::size_t parked() const { return parked_; }

 private:
  friend class Client;
  using Clients = boost::intrusive::list<
      Client, boost::intrusive::member_hook<Client, Client::RoomHook, &Client::room_hook_>,
      boost::intrusive::constant_time_size<false>>;

  Client::Room& room(const std::string& name);
  void unpark(Client& client);
  void wake_some();

  Executor executor_;
  DeadlineWheel& wheel_;
  const std::size_t max_polls_;
  std::size_t parked_ = 0;
  std::unordered_map<std::string, std::unique_ptr<Client::Room>> rooms_;
  std::unique_ptr<Client::Room> waking_;  // those who were announced to and have not run yet
  bool wake_posted_ = false;
  bool shut_down_ = false;
};

// Who waits in one room.
struct Client::Room {
  WaitingRoom& owner;
  std::string name;
  WaitingRoom::Clients clients;
};

}  // namespace chat
