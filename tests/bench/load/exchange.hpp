// A client that asks when it is told to, and says what became of it.
#pragma once

#include "bench/load/connection.hpp"

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace load {

class Exchange final : public Client {
 public:
  enum class Accepts { success, any_status };
  // A null pointer when there was no answer, or none of 2xx; the failure is counted by then.
  using Done = std::function<void(const Answer*)>;

  Exchange(Network& network, Done done, Accepts accepts = Accepts::success)
      : network_(network), connection_(network, *this), done_(std::move(done)), accepts_(accepts) {}

  void open(std::function<void()> opened) {
    opened_ = std::move(opened);
    connection_.open();
  }
  void ask(std::string_view request) { connection_.send(request); }
  bool is_waiting() const { return connection_.is_waiting(); }

  void connected() override {
    // Taken out: who is called may replace it.
    if (const auto opened = std::exchange(opened_, nullptr)) opened();
  }
  void answered(const Answer& answer) override {
    const bool good = answer.ok() || accepts_ == Accepts::any_status;
    if (!good) network_.count_failure(answer);
    done_(good ? &answer : nullptr);
  }
  void failed() override {
    // Nothing can be measured where not even the first connection can be made.
    if (opened_) {
      throw std::runtime_error(
          "there is no connection to the target: " + network_.take_first_failure() + '.');
    }
    done_(nullptr);
  }

 private:
  Network& network_;
  Connection connection_;
  const Done done_;
  const Accepts accepts_;
  std::function<void()> opened_;
};

}  // namespace load
