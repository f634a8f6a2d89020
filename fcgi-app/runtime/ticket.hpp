// A coroutine's wait for a result that another thread, or another part of the loop, brings: it ends
// with the result or with its deadline, whichever is first.
#pragma once

#include <boost/intrusive/list.hpp>

#include "runtime/completion.hpp"
#include "runtime/deadline_wheel.hpp"
#include "runtime/task.hpp"

namespace chat {

// Lives in the frame of the coroutine that waits. Only on the loop's thread.
template <class T>
class Ticket : public Deadline {
 public:
  // Waits until complete() or the tick `due`; the deadline yields T{}, which every T here uses for
  // "not known".
  typename Completion<T>::Wait result(DeadlineWheel& wheel, DeadlineWheel::Tick due) {
    wheel.arm(*this, due);
    return completion_.wait();
  }

  void complete(T value) {
    disarm();
    queue_hook.unlink();
    completion_.complete(std::move(value));
  }

  void on_deadline() override { complete(T{}); }

  using QueueHook = boost::intrusive::list_member_hook<
      boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
  QueueHook queue_hook;

 private:
  Completion<T> completion_;
};

// Tickets that will be served together. A ticket leaves by itself when its deadline comes.
template <class T>
using TicketQueue = boost::intrusive::list<
    Ticket<T>,
    boost::intrusive::member_hook<Ticket<T>, typename Ticket<T>::QueueHook, &Ticket<T>::queue_hook>,
    boost::intrusive::constant_time_size<false>>;

template <class T>
void complete_all(TicketQueue<T>& tickets, const T& value) {
  // Spliced out first: a coroutine that resumes may queue again and must not be served twice.
  TicketQueue<T> served;
  served.splice(served.end(), tickets);
  while (!served.empty()) {
    Ticket<T>& ticket = served.front();
    served.pop_front();
    ticket.complete(value);
  }
}

}  // namespace chat
