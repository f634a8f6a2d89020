-- A key belongs to the user who sent it: two people who choose the same one never meet. And it keeps
-- a digest of what was first sent, so that it can still tell a repetition from another message when
-- that message is gone.
--
-- A table of its own rather than a new primary key on the old one, which would be built while
-- every POST waits. Keys of the old form are found where they are until they are past their time.

SET LOCAL ROLE chat_owner;

CREATE TABLE chat.keys (
    key text COLLATE "C" NOT NULL,
    user_name text COLLATE "C",
    message_id uuid NOT NULL,
    digest uuid NOT NULL,
    CONSTRAINT keys_are_unique UNIQUE NULLS NOT DISTINCT (key, user_name)
);
COMMENT ON TABLE chat.keys IS
    'The key of every POST of the last days. chat.forget_keys removes the old ones.';
COMMENT ON COLUMN chat.keys.key IS
    'What the client sent as Idempotency-Key, or the request id that nginx gave.';
COMMENT ON COLUMN chat.keys.user_name IS
    'Who sent it: the name that the web server vouched for, empty for nobody. NULL: a worker of '
    'version 0.1, which does not tell the two apart.';
COMMENT ON COLUMN chat.keys.message_id IS
    'The message that was stored under the key. Its time is the age of the key.';
COMMENT ON COLUMN chat.keys.digest IS 'chat.digest of what was first sent under the key.';
COMMENT ON CONSTRAINT keys_are_unique ON chat.keys IS 'What makes a repeated POST harmless.';

CREATE INDEX keys_message_id ON chat.keys (message_id);
COMMENT ON INDEX chat.keys_message_id IS 'Finds the oldest keys.';

COMMENT ON TABLE chat.idempotency_keys IS
    'Keys that workers of version 0.1 stored before this schema; nothing new is added. chat.keys '
    'has taken its place.';

CREATE SEQUENCE chat.last_old_key AS bigint MINVALUE 0 START 0 CACHE 1;
COMMENT ON SEQUENCE chat.last_old_key IS
    'The position at which a key of the old form was last stored: chat.append looks for such keys '
    'for two days longer. 0: there is none.';

-- Positions are milliseconds * 65536. A chat that nobody has written to begins with none.
DO $$
BEGIN
    PERFORM setval('chat.last_old_key', last_value)
    FROM chat.last_position
    WHERE EXISTS (SELECT FROM chat.idempotency_keys);
END
$$;

CREATE FUNCTION chat.digest(room text, author text, body text) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
-- The author's length keeps an author who ends like a body from being taken for another one. MD5,
-- because it is cheap: who makes two messages of one digest only fools himself.
RETURN md5(room || ' ' || coalesce(octet_length(author)::text || ':' || author, '-') || ' ' || body)::uuid;
COMMENT ON FUNCTION chat.digest(text, text, text) IS 'Of all that makes two POSTs the same.';

DROP FUNCTION chat.append(text[], text[], text[], text[]);

-- The reasons for its form stand in 003_append.sql and 007_append_faster.sql.
CREATE FUNCTION chat.append(
    bodies text[], rooms text[], authors text[], users text[], keys text[])
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
    old_keys_live CONSTANT bigint := (49 * 3600 * 1000)::bigint << 16;  -- as chat.forget_keys says
    -- How many messages there are; NULL when the arrays differ in length or shape.
    size CONSTANT integer := CASE
        WHEN array_ndims(bodies) = 1 AND array_lower(bodies, 1) = 1
            AND array_dims(rooms) = array_dims(bodies)
            AND array_dims(authors) = array_dims(bodies)
            AND array_dims(users) = array_dims(bodies)
            AND array_dims(keys) = array_dims(bodies)
        THEN cardinality(bodies)
        WHEN cardinality(bodies) = 0 AND cardinality(rooms) = 0 AND cardinality(authors) = 0
            AND cardinality(users) = 0 AND cardinality(keys) = 0
        THEN 0 END;
    timeline bigint;
    seen_timeline bigint;
    position bigint;
    last_old_key bigint;
    ids uuid[];
    -- For a message whose key is known in another form: the message that it stands for.
    known_ids uuid[];
    known_outcomes text[];
    stored bigint;
BEGIN
    IF size IS NULL THEN
        RAISE EXCEPTION 'chat.append: bodies, rooms, authors, users and keys must be arrays of one '
            'dimension and of the same length'
            USING ERRCODE = 'array_subscript_error';
    END IF;
    IF array_position(bodies, NULL) IS NOT NULL OR array_position(rooms, NULL) IS NOT NULL
        OR array_position(keys, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'chat.append: only an author and a user may be null'
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
    SELECT p.last_value, t.last_value, o.last_value
    INTO position, seen_timeline, last_old_key
    FROM chat.last_position AS p, chat.last_timeline AS t, chat.last_old_key AS o;
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

    -- 5. For two days after an upgrade, and while old workers run beside new ones: the same POST
    -- may have been stored under its key in the other form.
    IF last_old_key > position - old_keys_live OR array_position(users, NULL) IS NOT NULL THEN
        SELECT array_agg(other.message_id ORDER BY new.n), array_agg(other.outcome ORDER BY new.n)
        INTO known_ids, known_outcomes
        FROM unnest(rooms, authors, bodies, users, keys) WITH ORDINALITY
            AS new (room, author, body, user_name, key, n)
        LEFT JOIN LATERAL chat.find_key_of_other_form(
            new.room, new.author, new.body, new.user_name, new.key) AS other ON true;
    END IF;

    -- 6. Of each key the first message wins, unless the key is known. A known key is locked by
    -- the update that never happens, so that chat.forget_keys cannot take it away under us.
    INSERT INTO chat.keys AS known (key, user_name, message_id, digest)
    SELECT DISTINCT ON (new.key, new.user_name)
           new.key, new.user_name, new.id, chat.digest(new.room, new.author, new.body)
    FROM unnest(keys, users, ids, rooms, authors, bodies, known_ids) WITH ORDINALITY
        AS new (key, user_name, id, room, author, body, known_id, n)
    WHERE new.known_id IS NULL
    ORDER BY new.key, new.user_name, new.n
    ON CONFLICT (key, user_name) DO UPDATE SET key = excluded.key WHERE false;
    GET DIAGNOSTICS stored = ROW_COUNT;

    -- 7. Nearly always nobody has sent his message before: then nothing has to be looked up in what
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
            FROM unnest(ids, rooms, authors, bodies, keys, users) WITH ORDINALITY
                AS new (id, room, author, body, key, user_name, n)
            JOIN chat.keys AS known
                ON known.key = new.key AND known.user_name IS NOT DISTINCT FROM new.user_name
                AND known.message_id = new.id
            ORDER BY new.n;
        END IF;

        RETURN QUERY
        SELECT new.n::integer,
               coalesce(new.known_id, known.message_id),
               CASE WHEN new.known_id IS NOT NULL THEN new.known_outcome
                    WHEN known.message_id = new.id THEN 'stored'
                    WHEN known.digest <> chat.digest(new.room, new.author, new.body)
                        THEN 'conflict'
                    WHEN EXISTS (SELECT FROM chat.messages AS first
                                 WHERE first.id = known.message_id) THEN 'repeated'
                    ELSE 'gone' END
        FROM unnest(ids, rooms, authors, bodies, users, keys, known_ids, known_outcomes)
            WITH ORDINALITY
            AS new (id, room, author, body, user_name, key, known_id, known_outcome, n)
        LEFT JOIN chat.keys AS known
            ON known.key = new.key AND known.user_name IS NOT DISTINCT FROM new.user_name
        ORDER BY new.n;
    END IF;

    -- 8. Last, because nothing rolls a sequence back; and one wake-up for the whole batch.
    IF stored > 0 THEN
        IF seen_timeline <> timeline THEN
            PERFORM setval('chat.last_timeline', timeline);
        END IF;
        IF array_position(users, NULL) IS NOT NULL THEN
            PERFORM setval('chat.last_old_key', position + size);
        END IF;
        PERFORM setval('chat.last_position', position + size);
        PERFORM pg_notify('chat_messages', '');
    END IF;
END
$$;
COMMENT ON FUNCTION chat.append(text[], text[], text[], text[], text[]) IS
    'Stores messages in order, durably, each under the key of its user (empty for nobody), and says '
    'of each (ordinal from 1) whether it was stored, repeated (id is the original''s), in conflict '
    'with what the key was used for, or a repetition of one that is gone. Call it alone, in '
    'autocommit; after an error call it again with the same keys.';
GRANT EXECUTE ON FUNCTION chat.append(text[], text[], text[], text[], text[]) TO chat_worker;

-- A worker of version 0.1 gives a key and an author; a newer one gives a key and a user. When one of
-- them has stored a message and nginx sends the request on to the other, this finds it.
CREATE FUNCTION chat.find_key_of_other_form(
    room text, author text, body text, user_name text, key text)
RETURNS TABLE (message_id uuid, outcome text)
LANGUAGE sql STABLE
SET enable_seqscan = off
-- A message that is there and was written by somebody else is another user's. One that is gone can
-- no longer say whose it was: then nothing is stored.
BEGIN ATOMIC
    SELECT old.message_id,
           CASE WHEN first.id IS NULL AND old.digest <> chat.digest($1, $2, $3) THEN 'conflict'
                WHEN first.id IS NULL THEN 'gone'
                WHEN first.room = $1 AND first.author IS NOT DISTINCT FROM $2
                    AND first.body = $3 THEN 'repeated'
                ELSE 'conflict' END
    FROM (SELECT k.message_id, NULL::uuid AS digest
          FROM chat.idempotency_keys AS k
          WHERE k.key = $5
          UNION ALL
          SELECT k.message_id, k.digest
          FROM chat.keys AS k
          WHERE k.key = $5 AND k.user_name IS NULL AND $4 IS NOT NULL) AS old
    LEFT JOIN chat.messages AS first ON first.id = old.message_id
    WHERE $4 IS NULL OR $4 = '' OR first.id IS NULL OR first.author = $4
    UNION ALL
    SELECT k.message_id,
           CASE WHEN k.digest <> chat.digest($1, $2, $3) THEN 'conflict'
                WHEN EXISTS (SELECT FROM chat.messages AS m WHERE m.id = k.message_id)
                    THEN 'repeated'
                ELSE 'gone' END
    FROM chat.keys AS k
    WHERE $4 IS NULL AND k.key = $5
      AND (k.user_name = '' OR k.user_name = $2)
    -- Who finds himself need not look at others.
    ORDER BY 2 DESC
    LIMIT 1;
END;
COMMENT ON FUNCTION chat.find_key_of_other_form(text, text, text, text, text) IS
    'What a message''s key stands for if a worker of the other kind (version 0.1 or newer) stored '
    'it; no row if none did.';

-- What workers of version 0.1 call.
CREATE FUNCTION chat.append(bodies text[], rooms text[], authors text[], keys text[])
RETURNS TABLE (ordinal integer, id uuid, outcome text)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT answer.ordinal, answer.id,
           -- They know no other word for it.
           CASE answer.outcome WHEN 'gone' THEN 'conflict' ELSE answer.outcome END
    FROM chat.append($1, $2, $3, array_fill(NULL::text, ARRAY[cardinality($4)]), $4) AS answer;
END;
COMMENT ON FUNCTION chat.append(text[], text[], text[], text[]) IS
    'chat.append for a worker of version 0.1, which does not say who the user is.';
GRANT EXECUTE ON FUNCTION chat.append(text[], text[], text[], text[]) TO chat_worker;

CREATE OR REPLACE FUNCTION chat.forget_keys(
    older_than interval DEFAULT '2 days 1 hour', at_most integer DEFAULT 10000)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
SET enable_seqscan = off
AS $$
DECLARE
    oldest_kept CONSTANT uuid := (
        lpad(to_hex(greatest(
                 0, floor(extract(epoch FROM clock_timestamp() - older_than) * 1000)::bigint)),
             12, '0') || repeat('0', 20))::uuid;
    forgotten bigint;
    old_ones bigint;
BEGIN
    IF older_than IS NULL OR older_than < interval '2 days' THEN
        RAISE EXCEPTION 'chat.forget_keys: keys must be kept for at least 2 days, not %',
            coalesce(older_than::text, 'null')
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF at_most IS NULL OR at_most < 1 THEN
        RAISE EXCEPTION 'chat.forget_keys: at_most must be at least 1, not %',
            coalesce(at_most::text, 'null')
            USING ERRCODE = 'invalid_parameter_value';
    END IF;

    -- A key that chat.append looks at just now is left for the next time: it never waits for us
    -- while we wait for it.
    DELETE FROM chat.keys AS old
    USING (SELECT candidate.key, candidate.user_name
           FROM chat.keys AS candidate
           WHERE candidate.message_id < oldest_kept
           ORDER BY candidate.message_id
           LIMIT at_most
           FOR UPDATE SKIP LOCKED) AS chosen
    WHERE old.key = chosen.key AND old.user_name IS NOT DISTINCT FROM chosen.user_name;
    GET DIAGNOSTICS forgotten = ROW_COUNT;

    DELETE FROM chat.idempotency_keys AS old
    USING (SELECT candidate.key
           FROM chat.idempotency_keys AS candidate
           WHERE candidate.message_id < oldest_kept
           ORDER BY candidate.message_id
           LIMIT at_most - forgotten
           FOR UPDATE SKIP LOCKED) AS chosen
    WHERE old.key = chosen.key;
    GET DIAGNOSTICS old_ones = ROW_COUNT;
    RETURN forgotten + old_ones;
END
$$;
