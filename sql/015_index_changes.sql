-- What finds the changes: of one room, and of all. They hold changed messages alone, so a chat in
-- which nothing changes pays nothing for them.
--
-- A migration of its own. Whoever makes an index keeps writers waiting for as long as it takes to
-- walk the table once, some seconds for ten million messages; readers go on as they did, which they
-- would not if the table's columns were added in the same transaction.

SET LOCAL ROLE chat_owner;

CREATE INDEX messages_room_version ON chat.messages (room, version) WHERE version IS NOT NULL;
COMMENT ON INDEX chat.messages_room_version IS 'The changes in one room, in their order.';
CREATE INDEX messages_version ON chat.messages (version) WHERE version IS NOT NULL;
COMMENT ON INDEX chat.messages_version IS 'The changes in all rooms, in their order.';
