#include "chat/store_health.hpp"

#include "log.hpp"

namespace chat {
namespace {

constexpr std::chrono::milliseconds second_opinion_after{1000};
// A thorough probe leaves dead bytes behind: it is for who has reason to ask, and now and then for
// a worker to which nobody posts.
constexpr std::chrono::milliseconds thorough_interval{5000};
constexpr unsigned thorough_every = 6;

// A small message tells these; for the others a large one has to be tried.
bool shows_at_commit(StoreTrouble trouble) {
  return trouble == StoreTrouble::none || trouble == StoreTrouble::out_of_reach ||
         trouble == StoreTrouble::read_only;
}

}  // namespace

// Not the end of a trouble: where the disk is full, a short message may still fit. The next probe
// decides, so that a worker does not change its mind with every message.
void StoreHealth::stored() {
  if (trouble_ != StoreTrouble::none || suspected_ != StoreTrouble::none) return;
  next_probe_ = Clock::now() + probe_interval_;
}

void StoreHealth::gave_up(StoreTrouble trouble) {
  set(trouble);
  suspected_ = trouble;
  next_probe_ = Clock::now() + second_opinion_after;
}

void StoreHealth::refused() {
  if (suspected_ != StoreTrouble::none) return;
  suspected_ = StoreTrouble::refuses;
  next_probe_ = Clock::now();
}

void StoreHealth::probe(WriteStore& store) {
  const bool thorough = !shows_at_commit(suspected_) || probes_++ % thorough_every == 0;
  try {
    store.probe(thorough);
  } catch (const StoreUnavailable& failure) {
    return probe_failed(failure.trouble(), failure.what());
  } catch (const std::exception& failure) {
    return probe_failed(StoreTrouble::refuses, failure.what());
  }
  suspected_ = StoreTrouble::none;
  set(StoreTrouble::none);
  next_probe_ = Clock::now() + probe_interval_;
}

// Believed when it is found twice: one slow commit is no trouble.
void StoreHealth::probe_failed(StoreTrouble trouble, const char* why) {
  const bool believed = suspected_ != StoreTrouble::none;
  if (believed && trouble_ != trouble) {
    log_error("database does not store", {{"trouble", describe(trouble)}, {"error", why}});
    set(trouble);
  }
  suspected_ = trouble;
  next_probe_ =
      Clock::now() + (shows_at_commit(trouble) ? second_opinion_after : thorough_interval);
}

void StoreHealth::set(StoreTrouble trouble) {
  if (trouble == StoreTrouble::none && trouble_ != StoreTrouble::none) {
    log_info("database stores again", {});
  }
  trouble_ = trouble;
}

}  // namespace chat
