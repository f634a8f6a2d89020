// What each mode does, until it is done.
#pragma once

#include "bench/load/event_loop.hpp"
#include "bench/load/options.hpp"

namespace load {

void run_polls(EventLoop& loop, const Options& options);
void run_post(EventLoop& loop, const Options& options);
void run_echo(EventLoop& loop, const Options& options);
void run_catch_up(EventLoop& loop, const Options& options);
void run_busy(EventLoop& loop, const Options& options);

}  // namespace load
