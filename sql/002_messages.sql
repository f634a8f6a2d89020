-- The messages, and the keys that make a repeated POST harmless.
--
-- An id is a ULID written as a UUID: 48 bits of Unix milliseconds, 16 bits that count within the
-- millisecond, 64 random bits. Ids grow strictly in the order of commits (see chat.append), so
-- "id > cursor" misses nothing.

SET LOCAL ROLE chat_owner;

-- Rooms and keys compare as bytes: faster, and no update of the system's locales can spoil
-- their indexes.
CREATE TABLE chat.messages (
    id uuid PRIMARY KEY,
    room text COLLATE "C" NOT NULL
        CONSTRAINT room_is_valid CHECK (room ~ '^[a-z0-9][a-z0-9_-]{0,63}$'),
    author text
        CONSTRAINT author_is_valid CHECK (octet_length(author) BETWEEN 1 AND 64),
    body text NOT NULL
        CONSTRAINT body_is_valid CHECK (octet_length(body) <= 10000)
);
COMMENT ON TABLE chat.messages IS 'Everything that was said. Only chat.append writes here.';
COMMENT ON COLUMN chat.messages.id IS
    'Primary key and cursor. chat.created_at(id) is the moment the message was made.';
COMMENT ON COLUMN chat.messages.room IS 'Where it was said.';
COMMENT ON COLUMN chat.messages.author IS
    'Who said it: 1 to 64 bytes of UTF-8. NULL when nobody signed.';
COMMENT ON COLUMN chat.messages.body IS 'The text: 0 to 10,000 bytes of UTF-8.';
COMMENT ON CONSTRAINT room_is_valid ON chat.messages IS 'The form that the HTTP contract gives.';
COMMENT ON CONSTRAINT author_is_valid ON chat.messages IS 'The length that the contract gives.';
COMMENT ON CONSTRAINT body_is_valid ON chat.messages IS 'The length that the contract gives.';

CREATE INDEX messages_room_id ON chat.messages (room, id);
COMMENT ON INDEX chat.messages_room_id IS 'The pages of one room, forwards and backwards.';

GRANT SELECT ON chat.messages TO chat_worker;

CREATE TABLE chat.idempotency_keys (
    key text COLLATE "C" PRIMARY KEY,
    message_id uuid NOT NULL
);
-- No foreign key: it would cost every message a look, and guard nothing that chat.append does
-- not see to by itself.
COMMENT ON TABLE chat.idempotency_keys IS
    'The key of every POST of the last days. chat.forget_keys removes the old ones.';
COMMENT ON COLUMN chat.idempotency_keys.key IS
    'What the client sent as Idempotency-Key, or the request id that nginx gave.';
COMMENT ON COLUMN chat.idempotency_keys.message_id IS
    'The message that was stored under the key. Its time is the age of the key.';

CREATE INDEX idempotency_keys_message_id ON chat.idempotency_keys (message_id);
COMMENT ON INDEX chat.idempotency_keys_message_id IS 'Finds the oldest keys.';

CREATE FUNCTION chat.created_at(id uuid) RETURNS timestamptz
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
-- Added to a timestamp without a zone, because the sum with one is not immutable.
RETURN (timestamp '1970-01-01'
        + ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint
        * interval '1 millisecond') AT TIME ZONE 'UTC';
COMMENT ON FUNCTION chat.created_at(uuid) IS 'The millisecond that the id carries.';
GRANT EXECUTE ON FUNCTION chat.created_at(uuid) TO chat_worker;
