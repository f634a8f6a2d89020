-- What is changed by hand is searched for by its new words too. It keeps its place in the order of
-- positions, so whoever fills the index does not come by it again: it is noted for him.

SET LOCAL ROLE chat_owner;

-- A row for each time, and no row is ever written twice: nobody waits for a transaction that was
-- left open, and what is changed again while its words are put into the index stays noted.
CREATE TABLE chat.search_again (
    message_id uuid,
    ordinal bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (message_id, ordinal)
);
COMMENT ON TABLE chat.search_again IS
    'Messages that are to be looked at again by whoever fills the search index, because they were '
    'changed or removed other than by chat.change.';
COMMENT ON COLUMN chat.search_again.message_id IS 'The message. It may be gone.';
COMMENT ON COLUMN chat.search_again.ordinal IS 'Of one message the order in which it was changed.';
COMMENT ON SEQUENCE chat.search_again_ordinal_seq IS 'Counts what is to be looked at again.';

CREATE FUNCTION chat.find_changed_by_hand(at_most integer)
RETURNS TABLE (ordinal bigint, id uuid, room text, author text, body text, deleted boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
SET enable_seqscan = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT again.ordinal, again.message_id, coalesce(m.room, ''), m.author, coalesce(m.body, ''),
           coalesce(m.deleted, true)
    FROM (SELECT a.message_id, max(a.ordinal) AS ordinal
          FROM chat.search_again AS a
          GROUP BY a.message_id ORDER BY a.message_id LIMIT at_most) AS again
    LEFT JOIN chat.messages AS m ON m.id = again.message_id
    ORDER BY again.message_id;
END
$$;
COMMENT ON FUNCTION chat.find_changed_by_hand(integer) IS
    'Messages that were changed by hand since they were put into the search index, as they are now. '
    'One that is gone is as one that was deleted.';
GRANT EXECUTE ON FUNCTION chat.find_changed_by_hand(integer) TO chat_worker;

CREATE FUNCTION chat.index_again(ordinals bigint[], ids uuid[], tokens text[]) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
SET enable_seqscan = off
AS $$
DECLARE
    progress CONSTANT uuid := (SELECT p.position FROM chat.search_progress AS p);
BEGIN
    IF NOT chat.index_messages(progress, progress, ids, tokens) THEN
        RETURN false;
    END IF;
    DELETE FROM chat.search_again AS a
    USING unnest(ids, ordinals) AS done (id, ordinal)
    WHERE a.message_id = done.id AND a.ordinal <= done.ordinal;
    RETURN true;
END
$$;
COMMENT ON FUNCTION chat.index_again(bigint[], uuid[], text[]) IS
    'Puts what chat.find_changed_by_hand found into the index, as chat.index_messages does.';
GRANT EXECUTE ON FUNCTION chat.index_again(bigint[], uuid[], text[]) TO chat_worker;

-- As in 020_search.sql, and what is on its way into the index in this moment is noted as well: its
-- words are not there yet to be taken away. This is looked at first: what comes into the index
-- meanwhile is there for the statement after.
CREATE OR REPLACE FUNCTION chat.count_removal() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    lock_class CONSTANT integer := x'63686174'::integer;
    lock_search CONSTANT integer := 4;
    newest_gone uuid;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        -- Of everything that there can have been so far, and of nothing that comes after.
        SELECT (lpad(to_hex(p.last_value), 16, '0') || repeat('f', 16))::uuid INTO newest_gone
        FROM chat.last_position AS p;
        DELETE FROM chat.search_index;
        DELETE FROM chat.search_again;
    ELSE
        SELECT id INTO newest_gone FROM gone ORDER BY id DESC LIMIT 1;
        INSERT INTO chat.rooms (room)
        SELECT DISTINCT g.room FROM gone AS g
        WHERE NOT EXISTS (SELECT FROM chat.rooms AS r WHERE r.room = g.room)
        ON CONFLICT DO NOTHING;
        INSERT INTO chat.search_again (message_id)
        SELECT g.id FROM gone AS g
        WHERE (greatest(g.id, g.version) > (SELECT p.position FROM chat.search_progress AS p)
               OR EXISTS (SELECT FROM chat.search_again AS a WHERE a.message_id = g.id))
          -- Where nobody fills the index, nobody would look.
          AND (SELECT count(*) FROM pg_locks AS l
               WHERE l.locktype = 'advisory' AND l.granted AND l.classid = lock_class::oid
                 AND l.objid = lock_search::oid) > 0;
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
    IF newest_changed IS NOT NULL THEN
        INSERT INTO chat.search_again (message_id)
        SELECT w.id FROM was AS w UNION SELECT b.id FROM became AS b;
    END IF;
    DELETE FROM chat.search_index AS s USING was WHERE s.message_id = was.id;
    IF newest_changed IS NOT NULL THEN
        PERFORM chat.note_removal(newest_changed);
    END IF;
    RETURN NULL;
END
$$;
