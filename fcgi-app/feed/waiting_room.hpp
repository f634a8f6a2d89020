// Where a GET waits. A parked poll is a suspended coroutine: no thread, no timer and no query of
// its own. News at one of its places wakes it, or its deadline, or its client leaving, or the
// worker's end. What a place is, a room or all of them, is the caller's to say.
#pragma once

#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

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

  // From now on it is let in however many wait: a stream that has begun goes on.
  void keep_place(bool keeps = true) { keeps_place_ = keeps; }

  // When the first of the news that ended its wait was stored: noted for whoever counts how long
  // deliveries take, and taken once the answer is sent.
  void note_news_time(std::chrono::milliseconds unix_time) { news_time_ = unix_time; }
  std::optional<std::chrono::milliseconds> take_news_time() {
    return std::exchange(news_time_, std::nullopt);
  }

 private:
  friend class WaitingRoom;
  struct Place;
  // One of a poll's at a place.
  struct Seat {
    boost::intrusive::list_member_hook<> hook;
    Client* client = nullptr;
    Place* place = nullptr;  // null: not taken
  };

  void on_deadline() override { wake(Wake::deadline); }
  void wake(Wake reason);

  Seat seat_;                            // nearly all polls wait at one place
  std::unique_ptr<Seat[]> other_seats_;  // and the others at these besides
  std::size_t other_seats_count_ = 0;
  Completion<Wake> completion_;
  bool gone_ = false;
  bool keeps_place_ = false;
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

  // Suspends the caller until the first of: news at one of the places, of which there is at least
  // one and none twice, the tick `due`, the client's leaving, the worker's end. Nothing of the loop
  // runs between the caller's last look and this call, so no news is lost between them. Throws
  // Error(unavailable) when the room holds all it may; not for a poll that goes on waiting
  // (`again`), though others have come while it looked.
  Completion<Wake>::Wait news_or(DeadlineWheel::Tick due, const std::vector<std::string>& places,
                                 Client& client, bool again = false);

  // Wakes everyone who waits at the place, a few hundred for each turn of the loop.
  void announce(const std::string& place);
  void announce_to_all();

  // Wakes everyone, now and from now on.
  void shut_down();

  [[nodiscard]] std::size_t parked() const { return parked_; }

 private:
  friend class Client;
  using Seats =
      boost::intrusive::list<Client::Seat,
                             boost::intrusive::member_hook<
                                 Client::Seat, decltype(Client::Seat::hook), &Client::Seat::hook>,
                             boost::intrusive::constant_time_size<false>>;

  void sit_down(Client& client, Client::Seat& seat, const std::string& place);
  void stand_up(Client::Seat& seat);
  void leave_other_seats(Client& client);
  void unpark(Client& client);
  void wake_some();

  Executor executor_;
  DeadlineWheel& wheel_;
  const std::size_t max_polls_;
  std::size_t parked_ = 0;
  std::unordered_map<std::string, std::unique_ptr<Client::Place>> places_;
  std::unique_ptr<Client::Place> waking_;  // those who were announced to and have not run yet
  bool wake_posted_ = false;
  bool shut_down_ = false;
};

// Who waits at one place.
struct Client::Place {
  WaitingRoom& owner;
  std::string name;
  WaitingRoom::Seats seats;
};

}  // namespace chat
