#include "postgres/postgres_news_source.hpp"

#include <poll.h>

#include <algorithm>
#include <array>

#include "log.hpp"

namespace chat {
namespace {

// Until the database is back.
constexpr std::chrono::milliseconds reconnect_interval{200};
constexpr const char* channel_name = "chat_messages";

}  // namespace

// The notification says only "look": what is new is read from the table.
class PostgresNewsSource::Receiver : public pqxx::notification_receiver {
 public:
  explicit Receiver(pqxx::connection& connection)
      : pqxx::notification_receiver(connection, channel_name) {}

  void operator()(const std::string&, int) override {}
};

PostgresNewsSource::PostgresNewsSource(std::string conninfo) : store_(std::move(conninfo)) {
  // LISTEN comes before the first look on a connection: what is stored between the two is seen by
  // one of them.
  store_.on_connect = [this](pqxx::connection& connection) { listen(connection); };
  store_.on_disconnect = [this] { receiver_.reset(); };
}

PostgresNewsSource::~PostgresNewsSource() { receiver_.reset(); }

void PostgresNewsSource::listen(pqxx::connection& connection) {
  try {
    receiver_ = std::make_unique<Receiver>(connection);
  } catch (const pqxx::sql_error& refusal) {
    // A hot standby refuses it. The look each second is enough.
    if (!refusal_logged_) log_warning("LISTEN was refused", {{"error", refusal.what()}});
    refusal_logged_ = true;
  }
}

void PostgresNewsSource::wait(int wake_fd, std::chrono::milliseconds at_most) {
  // A notification that arrived with the last answer no longer makes the socket readable.
  if (has_notifications()) return;
  pqxx::connection* const connection = store_.connection();
  if (connection == nullptr) at_most = std::min(at_most, reconnect_interval);
  // poll() passes over a negative descriptor: without a connection only the time counts.
  std::array<pollfd, 2> watched = {
      pollfd{wake_fd, POLLIN, 0},
      pollfd{connection == nullptr ? -1 : connection->sock(), POLLIN, 0}};
  poll(watched.data(), watched.size(), static_cast<int>(at_most.count()));
  has_notifications();
}

// Takes what has arrived off the connection.
bool PostgresNewsSource::has_notifications() {
  if (store_.connection() == nullptr) return false;
  try {
    return store_.connection()->get_notifs() > 0;
  } catch (const pqxx::failure&) {
    // The next look finds the connection gone, connects anew and tells.
    store_.disconnect();
    return false;
  }
}

}  // namespace chat
