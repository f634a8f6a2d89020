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
  if (room_ == nullptr) return;
  room_->owner.unpark(*this);
  completion_.complete(reason);
}

WaitingRoom::WaitingRoom(Executor executor, DeadlineWheel& wheel, std::size_t max_polls)
    : executor_(executor),
      wheel_(wheel),
      max_polls_(max_polls),
      waking_(new Client::Room{*this, {}, {}}) {}

WaitingRoom::~WaitingRoom() = default;

Completion<Wake>::Wait WaitingRoom::news_or(DeadlineWheel::Tick due, const std::string& name,
                                            Client& client, bool again) {
  if (client.gone_) return client.completion_.over(Wake::gone);
  if (shut_down_) return client.completion_.over(Wake::shutdown);
  if (parked_ >= max_polls_ && !again) {
    throw Error(ErrorCode::overloaded, "Unavailable: Too many polls are waiting here");
  }
  client.room_ = &room(name);
  client.room_->clients.push_back(client);
  ++parked_;
  wheel_.arm(client, due);
  return client.completion_.wait();
}

void WaitingRoom::announce(const std::string& name) {
  const auto found = rooms_.find(name);
  if (found == rooms_.end()) return;
  for (Client& client : found->second->clients) client.room_ = waking_.get();
  waking_->clients.splice(waking_->clients.end(), found->second->clients);
  rooms_.erase(found);
  wake_some();
}

void WaitingRoom::announce_to_all() {
  while (!rooms_.empty()) announce(std::string(rooms_.begin()->first));
}

void WaitingRoom::shut_down() {
  shut_down_ = true;
  announce_to_all();
}

Client::Room& WaitingRoom::room(const std::string& name) {
  std::unique_ptr<Client::Room>& found = rooms_[name];
  if (!found) found.reset(new Client::Room{*this, name, {}});
  return *found;
}

void WaitingRoom::unpark(Client& client) {
  Client::Room& left = *client.room_;
  client.room_ = nullptr;
  left.clients.erase(left.clients.iterator_to(client));
  client.disarm();
  --parked_;
  if (left.clients.empty() && &left != waking_.get()) rooms_.erase(std::string(left.name));
}

void WaitingRoom::wake_some() {
  if (wake_posted_) return;
  wake_posted_ = true;
  boost::asio::post(executor_, [this] {
    wake_posted_ = false;
    for (int i = 0; i < wakes_per_turn && !waking_->clients.empty(); ++i) {
      waking_->clients.front().wake(shut_down_ ? Wake::shutdown : Wake::news);
    }
    if (!waking_->clients.empty()) wake_some();
  });
}

}  // namespace chat
