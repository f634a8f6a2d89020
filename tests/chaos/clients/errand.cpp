#include "chaos/clients/errand.hpp"

namespace chaos {
namespace {

using boost::beast::http::verb;

Errand change_of(const Own& message, Errand::Kind kind) {
  Errand errand;
  errand.kind = kind;
  errand.message = message;
  errand.write.target = "/messages/" + format_id(message.id);
  return errand;
}

}  // namespace

Errand post_of(const Own& message, Random& random) {
  Saying saying = make_saying(message.serial, message.room, message.author, random);
  Errand errand;
  errand.message = message;
  errand.digest = saying.digest;
  errand.write.json = std::move(saying.json);
  return errand;
}

Errand edit_of(const Own& message, Random& random) {
  Saying saying = make_edit(message.serial, message.changes, message.room, message.author, random);
  Errand errand = change_of(message, Errand::Kind::edit);
  errand.digest = saying.digest;
  errand.write.verb = verb::patch;
  errand.write.json = std::move(saying.json);
  return errand;
}

Errand deletion_of(const Own& message) {
  Errand errand = change_of(message, Errand::Kind::erase);
  errand.digest = digest_of(message.room, message.author, "");
  errand.write.verb = verb::delete_;
  return errand;
}

void Ledger::sent(const Errand& errand) {
  if (errand.kind == Errand::Kind::post) ++run_.report.sent;
  add(errand, errand.kind == Errand::Kind::erase ? Event::erasing : Event::sent,
      {errand.message.id, errand.digest, {}}, now_ms());
}

void Ledger::unresolved(const Errand& errand) {
  ++run_.report.unresolved;
  add(errand, Event::unresolved, {errand.message.id, errand.digest, {}}, now_ms());
}

bool Ledger::answered(const Errand& errand, const Answer& answer, std::uint64_t asked_at,
                      std::optional<Id>& id) {
  const bool is_post = errand.kind == Errand::Kind::post;
  const bool is_deletion = errand.kind == Errand::Kind::erase;
  if (answer.status == 410 || (!is_post && answer.status == 404)) {
    if (!is_post) ++run_.report.missed;
    add(errand, Event::gone, {errand.message.id, errand.digest, {}}, asked_at);
    return true;
  }
  if (answer.status != (is_deletion ? 204 : 200)) {
    run_.report.error(name_, answer, asked_at);
    return false;
  }
  Seen seen{errand.message.id, errand.digest, {}};
  if (!is_deletion) {
    const auto read = read_message(answer.body, is_post ? Fields::plain : Fields::with_changes);
    if (!read || (!is_post && read->id != errand.message.id)) {
      run_.report.error(name_, "malformed answer", answer.body, asked_at);
      return true;
    }
    seen = *read;
  }
  id = seen.id;
  add(errand, Event::answered, seen, asked_at);
  count(errand, asked_at);
  return true;
}

void Ledger::count(const Errand& errand, std::uint64_t asked_at) {
  switch (errand.kind) {
    case Errand::Kind::post:
      return run_.report.acknowledged(asked_at);
    case Errand::Kind::edit:
      ++run_.report.edited;
      return;
    case Errand::Kind::erase:
      ++run_.report.deleted;
      return;
  }
}

void Ledger::add(const Errand& errand, Event event, const Seen& seen, std::uint64_t asked_at) {
  if (errand.kind == Errand::Kind::post) {
    run_.posts.add(errand.message.serial, event, seen, asked_at);
  } else {
    run_.changes.add(errand.message.changes, event, seen, asked_at);
  }
}

}  // namespace chaos
