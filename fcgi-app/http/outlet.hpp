// Where a stream goes: to one client, a piece at a time.
#pragma once

#include <memory>
#include <string>

#include "runtime/task.hpp"

namespace chat {

// Immutable once it is shared: thousands of streams may send the same one.
struct Piece {
  std::string text;
  // The bytes on the wire, filled by the connection that sends it first. Only on the loop's thread.
  mutable std::shared_ptr<const std::string> wire{};
};
using PiecePtr = std::shared_ptr<const Piece>;

// Only on the loop's thread.
class Outlet {
 public:
  Outlet() = default;
  Outlet(const Outlet&) = delete;
  Outlet& operator=(const Outlet&) = delete;
  virtual ~Outlet() = default;

  // Gives the piece to the kernel. False when it did not take all of it: then drained() is next.
  // The piece need not be held for that.
  virtual bool send(const PiecePtr& piece) = 0;

  // Waits until the kernel has all of the last piece. False when the client is gone, or has taken
  // nothing for too long.
  virtual Task<bool> drained() = 0;

  // The client left, or the worker is ending: the stream ends in order before its next wait.
  [[nodiscard]] virtual bool ending() const = 0;
};

}  // namespace chat
