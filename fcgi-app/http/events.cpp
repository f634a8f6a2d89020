#include "http/events.hpp"

#include <algorithm>
#include <string_view>

#include "http/header_value.hpp"
#include "http/json.hpp"

namespace chat {
namespace {

PiecePtr piece(std::string text) { return std::make_shared<const Piece>(Piece{std::move(text)}); }

// RFC 9110, 12.4.2: from 0, which means never, to 1.
bool is_refused(std::string_view media_range) {
  while (media_range.find(';') != std::string_view::npos) {
    media_range.remove_prefix(media_range.find(';') + 1);
    const std::string_view parameter = trimmed(media_range.substr(0, media_range.find(';')));
    const std::size_t equals = parameter.find('=');
    if (equals == std::string_view::npos) continue;
    if (!equals_ignoring_case(trimmed(parameter.substr(0, equals)), "q")) continue;
    return trimmed(parameter.substr(equals + 1)).find_first_not_of("0.") == std::string_view::npos;
  }
  return false;
}

std::string text_of(const MessageId& position, const std::string& epoch) {
  const std::string id = format_message_id(position);
  return "event: cursor\nid: " + id + "\ndata: " + render_cursor(id, epoch) + "\n\n";
}

}  // namespace

bool accepts_events(const Request& request) {
  if (!request.accept) return false;
  std::string_view header(*request.accept);
  while (!header.empty()) {
    const std::string_view range = header.substr(0, header.find(','));
    header.remove_prefix(std::min(header.size(), range.size() + 1));
    if (equals_ignoring_case(trimmed(range.substr(0, range.find(';'))), event_stream_type)) {
      return !is_refused(range);
    }
  }
  return false;
}

PiecePtr events_of(const FindQuery& query, const Page& page) {
  if (page.events) return page.events;
  std::string text;
  if (page.messages.empty()) {
    text = text_of(page.position.value_or(query.after), page.epoch ? *page.epoch : "");
  }
  const Fields fields = query.changes ? Fields::with_changes : Fields::plain;
  for (const MessagePtr& message : page.messages) {
    text += "id: " + format_message_id(cursor_of(query, *message)) + "\ndata: ";
    text += render_message(*message, fields);
    text += "\n\n";
  }
  page.events = piece(std::move(text));
  return page.events;
}

PiecePtr cursor_event(const MessageId& position, const std::string& epoch) {
  return piece(text_of(position, epoch));
}

PiecePtr retry_field(std::chrono::milliseconds pause) {
  return piece("retry: " + std::to_string(pause.count()) + "\n\n");
}

PiecePtr comment(const std::string& text) { return piece(": " + text + "\n\n"); }

}  // namespace chat
