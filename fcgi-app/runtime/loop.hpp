// The event loop. Each worker has one, on one thread; Asio's types are named here once.
#pragma once

#include <utility>  // before Asio: its 1.74 headers use std::exchange without it

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace chat {

using Loop = boost::asio::io_context;
// Named wherever Asio would erase the executor's type.
using Executor = Loop::executor_type;

}  // namespace chat
