-- What is searched: the words of each message, under an index that finds them. It is filled behind
-- the posts, by one worker at a time: kept up by the statement that stores a message it would make
-- that three times as dear.

SET LOCAL ROLE chat_owner;

CREATE TABLE chat.search_index (
    message_id uuid PRIMARY KEY,
    tokens text[] COLLATE "C" NOT NULL
);
COMMENT ON TABLE chat.search_index IS
    'What each message can be found by. Up to the position in chat.search_progress.';
COMMENT ON COLUMN chat.search_index.message_id IS 'The message.';
COMMENT ON COLUMN chat.search_index.tokens IS
    'Its words without case and accents, pairs of letters where words have no blanks between them, '
    'room:NAME and from:AUTHOR. Workers make them.';
CREATE INDEX search_index_tokens ON chat.search_index USING gin (tokens);
COMMENT ON INDEX chat.search_index_tokens IS 'Finds the messages that have all of some words.';

CREATE TABLE chat.search_progress (
    one boolean PRIMARY KEY DEFAULT true CONSTRAINT one_row CHECK (one),
    position uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'
);
COMMENT ON TABLE chat.search_progress IS 'One row: how far the index is filled.';
COMMENT ON COLUMN chat.search_progress.one IS 'True, so that there is one row.';
COMMENT ON COLUMN chat.search_progress.position IS
    'Everything up to it, messages and changes, is in the index as it was then.';
COMMENT ON CONSTRAINT one_row ON chat.search_progress IS 'There is one progress.';
INSERT INTO chat.search_progress DEFAULT VALUES;

-- The lock is the session's: whoever has it goes on until he is gone. It only saves the others the
-- work; chat.index_messages is right without it.
CREATE FUNCTION chat.take_search_turn() RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    lock_class CONSTANT integer := x'63686174'::integer;
    lock_search CONSTANT integer := 4;
BEGIN
    IF EXISTS (SELECT FROM pg_locks
               WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted
                 AND classid = lock_class::oid AND objid = lock_search::oid) THEN
        RETURN true;
    END IF;
    RETURN pg_try_advisory_lock(lock_class, lock_search);
END
$$;
COMMENT ON FUNCTION chat.take_search_turn() IS
    'Whether this session is the one that fills the search index.';
GRANT EXECUTE ON FUNCTION chat.take_search_turn() TO chat_worker;

CREATE FUNCTION chat.find_unindexed(at_most integer)
RETURNS TABLE (
    begins_after uuid, found_at uuid, id uuid, room text, author text, body text, deleted boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    progress CONSTANT uuid := (SELECT p.position FROM chat.search_progress AS p);
BEGIN
    RETURN QUERY
    SELECT progress, found.found_at, m.id, m.room, m.author, m.body, m.deleted
    FROM ((SELECT n.id, n.id AS found_at FROM chat.messages AS n
           WHERE n.id > progress AND n.version IS NULL ORDER BY n.id LIMIT at_most)
          UNION ALL
          (SELECT c.id, c.version FROM chat.messages AS c
           WHERE c.version > progress ORDER BY c.version LIMIT at_most)
          ORDER BY found_at LIMIT at_most) AS found
    JOIN chat.messages AS m ON m.id = found.id
    ORDER BY found.found_at;
END
$$;
COMMENT ON FUNCTION chat.find_unindexed(integer) IS
    'The next messages and changes that are not in the search index, in the order of positions.';
GRANT EXECUTE ON FUNCTION chat.find_unindexed(integer) TO chat_worker;

-- What was changed meanwhile comes again, at the position of its change.
CREATE FUNCTION chat.index_messages(begins_after uuid, ends_at uuid, ids uuid[], tokens text[])
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
SET enable_seqscan = off
AS $$
#variable_conflict use_variable
BEGIN
    UPDATE chat.search_progress AS p SET position = ends_at WHERE p.position = begins_after;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM chat.search_index AS s
    USING unnest(ids, tokens) AS new (id, tokens)
    WHERE s.message_id = new.id AND new.tokens IS NULL;
    INSERT INTO chat.search_index (message_id, tokens)
    SELECT new.id, new.tokens::text[]
    FROM unnest(ids, tokens) AS new (id, tokens)
    JOIN chat.messages AS m ON m.id = new.id AND NOT m.deleted
    WHERE new.tokens IS NOT NULL
    ON CONFLICT (message_id) DO UPDATE SET tokens = excluded.tokens;
    RETURN true;
END
$$;
COMMENT ON FUNCTION chat.index_messages(uuid, uuid, uuid[], text[]) IS
    'Puts what chat.find_unindexed found into the index: for each message its tokens as an array''s '
    'text, or null when it is deleted. False, and nothing done, when somebody else was faster.';
GRANT EXECUTE ON FUNCTION chat.index_messages(uuid, uuid, uuid[], text[]) TO chat_worker;

-- Where a word is rare, its messages are found by the index and sorted. Where it is common, walking
-- back from the newest finds a page soon; left to itself the planner walks for rare words too, which
-- takes seconds for one that does not occur.
CREATE FUNCTION chat.search_common(tokens text[], any_room text[], before uuid, at_most integer)
RETURNS SETOF uuid
LANGUAGE sql STABLE
SET enable_bitmapscan = off
SET enable_sort = off
BEGIN ATOMIC
    SELECT s.message_id FROM chat.search_index AS s
    WHERE s.message_id < before AND s.tokens @> search_common.tokens
      AND (any_room IS NULL OR s.tokens && any_room)
    ORDER BY s.message_id DESC LIMIT at_most;
END;
COMMENT ON FUNCTION chat.search_common(text[], text[], uuid, integer) IS
    'chat.search where many messages have the words.';

CREATE FUNCTION chat.search(tokens text[], any_room text[], before uuid, at_most integer)
RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
SET enable_seqscan = off
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_variable
DECLARE
    many CONSTANT integer := 5000;
BEGIN
    IF (SELECT count(*) FROM (
            SELECT FROM chat.search_index AS s
            WHERE s.tokens @> tokens AND (any_room IS NULL OR s.tokens && any_room)
            LIMIT many + 1) AS found) > many THEN
        RETURN QUERY SELECT * FROM chat.search_common(tokens, any_room, before, at_most);
    ELSE
        RETURN QUERY
        WITH hit AS MATERIALIZED (
            SELECT s.message_id FROM chat.search_index AS s
            WHERE s.tokens @> tokens AND (any_room IS NULL OR s.tokens && any_room))
        SELECT hit.message_id FROM hit
        WHERE hit.message_id < before ORDER BY hit.message_id DESC LIMIT at_most;
    END IF;
END
$$;
COMMENT ON FUNCTION chat.search(text[], text[], uuid, integer) IS
    'The newest messages before that one that have all of the tokens and, unless it is null, one of '
    'any_room (room:NAME).';
GRANT EXECUTE ON FUNCTION chat.search(text[], text[], uuid, integer) TO chat_worker;

-- What goes, or is other than it was, is not found any more from the same moment on.

CREATE OR REPLACE FUNCTION chat.count_removal() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    newest_gone uuid;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        -- Of everything that there can have been so far, and of nothing that comes after.
        SELECT (lpad(to_hex(p.last_value), 16, '0') || repeat('f', 16))::uuid INTO newest_gone
        FROM chat.last_position AS p;
        DELETE FROM chat.search_index;
    ELSE
        SELECT id INTO newest_gone FROM gone ORDER BY id DESC LIMIT 1;
        INSERT INTO chat.rooms (room)
        SELECT DISTINCT g.room FROM gone AS g
        WHERE NOT EXISTS (SELECT FROM chat.rooms AS r WHERE r.room = g.room)
        ON CONFLICT DO NOTHING;
        DELETE FROM chat.search_index AS s USING gone WHERE s.message_id = gone.id;
    END IF;
    IF newest_gone IS NOT NULL THEN
        PERFORM chat.note_removal(newest_gone);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION chat.count_update() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    position uuid;
    newest_changed uuid;
BEGIN
    SELECT (lpad(to_hex(p.last_value), 16, '0') || repeat('f', 16))::uuid INTO position
    FROM chat.last_position AS p;
    SELECT greatest(was.id, became.id) INTO newest_changed
    FROM was
    FULL JOIN became ON became.id = was.id
    WHERE was.room IS DISTINCT FROM became.room
       OR ((was.author, was.signed_in) IS DISTINCT FROM (became.author, became.signed_in)
           AND NOT (became.deleted AND became.author IS NULL))
       OR became.version IS NULL OR became.version <= position
    ORDER BY 1 DESC
    LIMIT 1;
    DELETE FROM chat.search_index AS s USING was WHERE s.message_id = was.id;
    IF newest_changed IS NOT NULL THEN
        PERFORM chat.note_removal(newest_changed);
    END IF;
    RETURN NULL;
END
$$;
