-- What SQL says. chat.append must stand alone in its transaction, for its lock is everybody's; a
-- caller with a transaction of his own hands over at his commit what is to be said, and a worker
-- says it in the next moment. So he may hold his transaction open as long as he likes.

SET LOCAL ROLE chat_owner;

CREATE TABLE chat.handed_over (
    ordinal bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id uuid,
    room text COLLATE "C",
    author text COLLATE "C",
    body text COLLATE "C",
    CONSTRAINT one_thing CHECK (
        (message_id IS NULL) = (room IS NOT NULL)
        AND (message_id IS NULL OR author IS NULL)
        AND (room IS NULL OR body IS NOT NULL)),
    -- As chat.messages has them: what is taken here must not be refused there.
    CONSTRAINT room_is_a_name CHECK (room ~ '^[a-z0-9][a-z0-9_-]{0,63}$'),
    CONSTRAINT author_fits CHECK (octet_length(author) BETWEEN 1 AND 128),
    CONSTRAINT body_fits CHECK (octet_length(body) <= 10000)
);
COMMENT ON TABLE chat.handed_over IS
    'What chat.post, chat.edit and chat.delete were asked for and no worker has done yet.';
COMMENT ON SEQUENCE chat.handed_over_ordinal_seq IS 'Counts what is asked for.';
COMMENT ON COLUMN chat.handed_over.ordinal IS 'The order in which it was asked for.';
COMMENT ON COLUMN chat.handed_over.message_id IS 'What is to be changed. NULL: a new message.';
COMMENT ON COLUMN chat.handed_over.room IS 'Where the new message is said.';
COMMENT ON COLUMN chat.handed_over.author IS 'Who says it; NULL: nobody.';
COMMENT ON COLUMN chat.handed_over.body IS 'The new text. NULL: the message is deleted.';
COMMENT ON CONSTRAINT one_thing ON chat.handed_over IS 'A new message, or a change of one.';
COMMENT ON CONSTRAINT room_is_a_name ON chat.handed_over IS 'As in chat.messages.';
COMMENT ON CONSTRAINT author_fits ON chat.handed_over IS 'As in chat.messages.';
COMMENT ON CONSTRAINT body_fits ON chat.handed_over IS 'As in chat.messages.';
-- The look asks whether there is something.
GRANT SELECT ON chat.handed_over TO chat_worker;

CREATE FUNCTION chat.post(room text, author text, body text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF room IS NULL OR room !~ '^[a-z0-9][a-z0-9_-]{0,63}$' THEN
        RAISE EXCEPTION 'chat.post: a room is 1 to 64 characters of a-z, 0-9, _ and -, and begins '
            'with a letter or a digit'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF octet_length(author) NOT BETWEEN 1 AND 128 THEN
        RAISE EXCEPTION 'chat.post: an author is 1 to 128 bytes, or null for nobody'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF body IS NULL OR octet_length(body) > 10000 THEN
        RAISE EXCEPTION 'chat.post: a body is a text of at most 10,000 bytes'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO chat.handed_over (room, author, body) VALUES (room, author, body);
    PERFORM pg_notify('chat_messages', '');
END
$$;
COMMENT ON FUNCTION chat.post(text, text, text) IS
    'Says something in a room, in the name of an author or of nobody (null), when the transaction '
    'that calls it commits: a worker does it within a second.';

CREATE FUNCTION chat.edit(id uuid, body text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
    IF body IS NULL OR octet_length(body) > 10000 THEN
        RAISE EXCEPTION 'chat.edit: a body is a text of at most 10,000 bytes'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF NOT EXISTS (SELECT FROM chat.messages AS m WHERE m.id = edit.id AND NOT m.deleted) THEN
        RAISE EXCEPTION 'chat.edit: there is no message %', coalesce(id::text, 'null')
            USING ERRCODE = 'no_data_found';
    END IF;
    INSERT INTO chat.handed_over (message_id, body) VALUES (edit.id, edit.body);
    PERFORM pg_notify('chat_messages', '');
END
$$;
COMMENT ON FUNCTION chat.edit(uuid, text) IS
    'Gives a message another text when the transaction that calls it commits: a worker does it '
    'within a second, or when nobody holds its row any more. Nothing happens when the message is '
    'gone by then.';

CREATE FUNCTION chat.delete(id uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
    IF NOT EXISTS (SELECT FROM chat.messages AS m WHERE m.id = delete.id) THEN
        RAISE EXCEPTION 'chat.delete: there is no message %', coalesce(id::text, 'null')
            USING ERRCODE = 'no_data_found';
    END IF;
    INSERT INTO chat.handed_over (message_id) VALUES (delete.id);
    PERFORM pg_notify('chat_messages', '');
END
$$;
COMMENT ON FUNCTION chat.delete(uuid) IS
    'Deletes the text of a message when the transaction that calls it commits: a worker does it '
    'within a second, or when nobody holds its row any more.';

CREATE FUNCTION chat.do_what_was_handed_over(at_most integer DEFAULT 500) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
SET enable_seqscan = off
AS $$
DECLARE
    lock_class CONSTANT integer := x'63686174'::integer;
    lock_hand_over CONSTANT integer := 3;
    turn record;
    asked chat.handed_over%ROWTYPE;
    message chat.messages%ROWTYPE;
    held_ids uuid[] := '{}';
    done integer := 0;
BEGIN
    -- All workers are woken, and one is enough. What is handed over behind his back wakes him again.
    IF NOT pg_try_advisory_xact_lock(lock_class, lock_hand_over) THEN
        RETURN 0;
    END IF;
    IF NOT EXISTS (SELECT FROM chat.handed_over) THEN
        RETURN 0;
    END IF;
    turn := chat.take_turn();
    FOR asked IN SELECT h.* FROM chat.handed_over AS h ORDER BY h.ordinal FOR UPDATE SKIP LOCKED LOOP
        -- Of what concerns a message whose row somebody holds, all waits, so that it stays in order.
        CONTINUE WHEN asked.message_id = ANY (held_ids);
        IF asked.message_id IS NULL THEN
            INSERT INTO chat.messages (id, room, author, body)
            VALUES (chat.id_at(turn.newest + done + 1), asked.room, asked.author, asked.body);
        ELSE
            SELECT m.* INTO message
            FROM chat.messages AS m
            WHERE m.id = asked.message_id
            FOR UPDATE SKIP LOCKED;
            IF NOT FOUND
                AND EXISTS (SELECT FROM chat.messages AS m WHERE m.id = asked.message_id) THEN
                held_ids := held_ids || asked.message_id;
                CONTINUE;
            END IF;
            UPDATE chat.messages AS m
            SET body = coalesce(asked.body, ''),
                deleted = asked.body IS NULL,
                version = chat.id_at(turn.newest + done + 1)
            WHERE m.id = asked.message_id AND NOT m.deleted
              AND m.body IS DISTINCT FROM asked.body;
        END IF;
        DELETE FROM chat.handed_over AS h WHERE h.ordinal = asked.ordinal;
        done := done + 1;
        EXIT WHEN done = at_most;
    END LOOP;
    IF done > 0 THEN
        PERFORM chat.end_turn(turn.newest + done, turn.timeline, turn.seen_timeline);
    END IF;
    RETURN done;
END
$$;
COMMENT ON FUNCTION chat.do_what_was_handed_over(integer) IS
    'Does up to at_most of what chat.post, chat.edit and chat.delete were asked for, in order, and '
    'returns how many; what concerns a message whose row somebody holds is left for the next time. '
    '0 as well while somebody else does it. Call it alone, in autocommit, again until it returns '
    'less than at_most.';
GRANT EXECUTE ON FUNCTION chat.do_what_was_handed_over(integer) TO chat_worker;
