#include "feed/waiting_room.hpp"

#include "domain/error.hpp"

namespace chat {
namespace {

// Enough to keep the loop busy, few enough that new requests are read in between.
constexpr int wakes_per_turn = 256;

}  // namespace

void Client::leave() {
  gone_ = true;
  wake(Wake::gone);
}

void Client::wake(Wake reason) {
  if (seat_.place == nullptr) return;
  seat_.place->owner.unpark(*this);
  completion_.complete(reason);
}

WaitingRoom::WaitingRoom(Executor executor, DeadlineWheel& wheel, std::size_t max_polls)
    : executor_(executor),
      wheel_(wheel),
      max_polls_(max_polls),
      waking_(new Client::Place{*this, {}, {}}) {}

WaitingRoom::~WaitingRoom() = default;

Completion<Wake>::Wait WaitingRoom::news_or(DeadlineWheel::Tick due,
                                            const std::vector<std::string>& places, Client& client,
                                            bool again) {
  if (client.gone_) return client.completion_.over(Wake::gone);
  if (shut_down_) return client.completion_.over(Wake::shutdown);
  if (parked_ >= max_polls_ && !again && !client.keeps_place_) {
    throw Error(ErrorCode::overloaded, "Unavailable: Too many polls are waiting here");
  }
  sit_down(client, client.seat_, places.front());
  if (places.size() > 1) {
    client.other_seats_count_ = places.size() - 1;
    client.other_seats_ = std::make_unique<Client::Seat[]>(client.other_seats_count_);
    for (std::size_t i = 1; i < places.size(); ++i) {
      sit_down(client, client.other_seats_[i - 1], places[i]);
    }
  }
  ++parked_;
  wheel_.arm(client, due);
  return client.completion_.wait();
}

void WaitingRoom::announce(const std::string& name) {
  const auto found = places_.find(name);
  if (found == places_.end()) return;
  const std::unique_ptr<Client::Place> place = std::move(found->second);
  places_.erase(found);
  while (!place->seats.empty()) {
    Client::Seat& called = place->seats.front();
    Client& client = *called.client;
    place->seats.pop_front();
    called.place = nullptr;
    if (client.seat_.place != nullptr) stand_up(client.seat_);
    leave_other_seats(client);
    client.seat_.place = waking_.get();
    waking_->seats.push_back(client.seat_);
  }
  wake_some();
}

void WaitingRoom::announce_to_all() {
  while (!places_.empty()) announce(std::string(places_.begin()->first));
}

void WaitingRoom::shut_down() {
  shut_down_ = true;
  announce_to_all();
}

void WaitingRoom::sit_down(Client& client, Client::Seat& seat, const std::string& name) {
  std::unique_ptr<Client::Place>& place = places_[name];
  if (!place) place.reset(new Client::Place{*this, name, {}});
  seat.client = &client;
  seat.place = place.get();
  place->seats.push_back(seat);
}

void WaitingRoom::stand_up(Client::Seat& seat) {
  Client::Place& left = *seat.place;
  seat.place = nullptr;
  left.seats.erase(left.seats.iterator_to(seat));
  if (left.seats.empty() && &left != waking_.get()) places_.erase(std::string(left.name));
}

void WaitingRoom::leave_other_seats(Client& client) {
  for (std::size_t i = 0; i < client.other_seats_count_; ++i) {
    if (client.other_seats_[i].place != nullptr) stand_up(client.other_seats_[i]);
  }
  client.other_seats_.reset();
  client.other_seats_count_ = 0;
}

void WaitingRoom::unpark(Client& client) {
  stand_up(client.seat_);
  leave_other_seats(client);
  client.disarm();
  --parked_;
}

void WaitingRoom::wake_some() {
  if (wake_posted_) return;
  wake_posted_ = true;
  boost::asio::post(executor_, [this] {
    wake_posted_ = false;
    for (int i = 0; i < wakes_per_turn && !waking_->seats.empty(); ++i) {
      waking_->seats.front().client->wake(shut_down_ ? Wake::shutdown : Wake::news);
    }
    if (!waking_->seats.empty()) wake_some();
  });
}

}  // namespace chat
