-- chat.append, cheaper by a third for the messages of a usual batch, the same in what it does. The
-- reasons for its form stand in 003_append.sql.

SET LOCAL ROLE chat_owner;

-- A bound on a repetition is counted state by state for every message; a length is read. What is
-- stored has the same form already, so nothing is read again and nobody waits for that.
ALTER TABLE chat.messages DROP CONSTRAINT room_is_valid;
ALTER TABLE chat.messages ADD CONSTRAINT room_is_valid
    CHECK (octet_length(room) <= 64 AND room ~ '^[a-z0-9][a-z0-9_-]*$') NOT VALID;
COMMENT ON CONSTRAINT room_is_valid ON chat.messages IS 'The form that the HTTP contract gives.';

CREATE OR REPLACE FUNCTION chat.append(bodies text[], rooms text[], authors text[], keys text[])
RETURNS TABLE (ordinal integer, id uuid, outcome text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Without these a plan made for an empty table, or jit, was seen to cost up to 96 ms per call.
SET jit = off
SET enable_seqscan = off
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    lock_class CONSTANT integer := x'63686174'::integer;  -- "chat"; sql/migrate locks with 2
    lock_append CONSTANT integer := 1;
    failover_guard CONSTANT bigint := 10000::bigint << 16;  -- 10 s, see below
    -- How many messages there are; NULL when the arrays differ in length or shape.
    size CONSTANT integer := CASE
        WHEN array_ndims(bodies) = 1 AND array_lower(bodies, 1) = 1
            AND array_dims(rooms) = array_dims(bodies)
            AND array_dims(authors) = array_dims(bodies)
            AND array_dims(keys) = array_dims(bodies)
        THEN cardinality(bodies)
        WHEN cardinality(bodies) = 0 AND cardinality(rooms) = 0
            AND cardinality(authors) = 0 AND cardinality(keys) = 0
        THEN 0 END;
    timeline bigint;
    seen_timeline bigint;
    position bigint;
    ids uuid[];
    stored bigint;
BEGIN
    IF size IS NULL THEN
        RAISE EXCEPTION 'chat.append: bodies, rooms, authors and keys must be arrays of one '
            'dimension and of the same length'
            USING ERRCODE = 'array_subscript_error';
    END IF;
    IF array_position(bodies, NULL) IS NOT NULL OR array_position(rooms, NULL) IS NOT NULL
        OR array_position(keys, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'chat.append: only an author may be null'
            USING ERRCODE = 'null_value_not_allowed';
    END IF;
    -- Under a stricter level every statement would look at the time before the lock.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'chat.append must be called under READ COMMITTED, not %',
            upper(current_setting('transaction_isolation'))
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    IF size = 0 THEN
        RETURN;
    END IF;

    -- 1. One caller at a time, until its commit is durable and visible. This must be a statement
    -- of its own: the next one takes a new snapshot, which shows all that came before.
    PERFORM pg_advisory_xact_lock(lock_class, lock_append);

    -- 2. Where we are: never behind the clock, never behind the last id.
    SELECT last_value INTO position FROM chat.last_position;
    SELECT last_value INTO seen_timeline FROM chat.last_timeline;
    timeline := ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint;
    position := greatest(
        position, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint << 16);

    -- 3. A standby that was promoted may lack the last messages that somebody has read, and its
    -- clock may be behind: step over every id that they can have had.
    IF seen_timeline NOT IN (0, timeline) THEN
        position := position + failover_guard;
    END IF;

    -- 4. An id for everyone; those of repeated messages are thrown away. Of a random UUID the
    -- first 16 and the last 48 bits are all random.
    SELECT array_agg((lpad(to_hex(position + n), 16, '0') || left(random, 4) || right(random, 12))
                     ::uuid ORDER BY n)
    INTO ids
    FROM (SELECT n, gen_random_uuid()::text AS random
          FROM generate_series(1, size) AS n OFFSET 0) AS numbered;

    -- 5. Of each key the first message wins, unless the key is known. A known key is locked by
    -- the update that never happens, so that chat.forget_keys cannot take it away under us.
    INSERT INTO chat.idempotency_keys AS known (key, message_id)
    SELECT DISTINCT ON (new.key) new.key, new.id
    FROM unnest(keys, ids) WITH ORDINALITY AS new (key, id, n)
    ORDER BY new.key, new.n
    ON CONFLICT (key) DO UPDATE SET key = excluded.key WHERE false;
    GET DIAGNOSTICS stored = ROW_COUNT;

    -- 6. Nearly always nobody has sent his message before: then nothing has to be looked up in what
    -- was just written, and nothing sorted, for the ids alone make the order.
    IF stored = size THEN
        INSERT INTO chat.messages (id, room, author, body)
        SELECT new.id, new.room, new.author, new.body
        FROM unnest(ids, rooms, authors, bodies) AS new (id, room, author, body);

        RETURN QUERY
        SELECT new.n::integer, new.id, 'stored'
        FROM unnest(ids) WITH ORDINALITY AS new (id, n)
        ORDER BY new.n;
    ELSE
        -- Only those are stored that won their keys.
        IF stored > 0 THEN
            INSERT INTO chat.messages (id, room, author, body)
            SELECT new.id, new.room, new.author, new.body
            FROM unnest(ids, rooms, authors, bodies, keys) WITH ORDINALITY
                AS new (id, room, author, body, key, n)
            JOIN chat.idempotency_keys AS known
                ON known.key = new.key AND known.message_id = new.id
            ORDER BY new.n;
        END IF;

        -- What became of each. A message that was deleted while its key is remembered counts as
        -- another one: we can no longer say that it was the same.
        RETURN QUERY
        SELECT new.n::integer,
               known.message_id,
               CASE WHEN known.message_id = new.id THEN 'stored'
                    WHEN first.body = new.body AND first.room = new.room
                        AND first.author IS NOT DISTINCT FROM new.author THEN 'repeated'
                    ELSE 'conflict' END
        FROM unnest(ids, rooms, authors, bodies, keys) WITH ORDINALITY
            AS new (id, room, author, body, key, n)
        JOIN chat.idempotency_keys AS known ON known.key = new.key
        LEFT JOIN chat.messages AS first
            ON first.id = known.message_id AND known.message_id <> new.id
        ORDER BY new.n;
    END IF;

    -- 7. Last, because nothing rolls a sequence back; and one wake-up for the whole batch.
    IF stored > 0 THEN
        IF seen_timeline <> timeline THEN
            PERFORM setval('chat.last_timeline', timeline);
        END IF;
        PERFORM setval('chat.last_position', position + size);
        PERFORM pg_notify('chat_messages', '');
    END IF;
END
$$;
