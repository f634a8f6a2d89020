-- Messages are changed as they are stored: in batches, under the one lock, from the one sequence,
-- each under a key of its own.

SET LOCAL ROLE chat_owner;

COMMENT ON TABLE chat.keys IS
    'The key of every write of the last days. chat.forget_keys removes the old ones.';
COMMENT ON COLUMN chat.keys.message_id IS
    'The position that was given under the key: the id of a message that was stored, the version of '
    'one that was changed. Its time is the age of the key.';
COMMENT ON COLUMN chat.keys.digest IS
    'chat.digest or chat.digest_of_change of what was first sent under the key.';

-- What everybody does who gives positions: wait for his turn, take positions, give them.

CREATE FUNCTION chat.take_turn(OUT newest bigint, OUT timeline bigint, OUT seen_timeline bigint)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    lock_class CONSTANT integer := x'63686174'::integer;  -- "chat"; sql/migrate locks with 2
    lock_append CONSTANT integer := 1;
    failover_guard CONSTANT bigint := 10000::bigint << 16;  -- 10 s, see below
BEGIN
    -- Under a stricter level every statement would look at the time before the lock.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'messages are written under READ COMMITTED, not %',
            upper(current_setting('transaction_isolation'))
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    -- One at a time, until his commit is durable and visible. This must be a statement of its own:
    -- the next one takes a new snapshot, which shows all that came before.
    PERFORM pg_advisory_xact_lock(lock_class, lock_append);
    -- Never behind the clock, never behind the last position.
    SELECT p.last_value, t.last_value INTO newest, seen_timeline
    FROM chat.last_position AS p, chat.last_timeline AS t;
    timeline := ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint;
    newest := greatest(
        newest, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint << 16);
    -- A standby that was promoted may lack the last messages that somebody has read, and its clock
    -- may be behind: step over every position that they can have had.
    IF seen_timeline NOT IN (0, timeline) THEN
        newest := newest + failover_guard;
    END IF;
END
$$;
COMMENT ON FUNCTION chat.take_turn() IS
    'Waits until nobody else writes, and says what the newest position is. The turn '
    'ends with the transaction: chat.end_turn comes last.';

CREATE FUNCTION chat.end_turn(newest bigint, timeline bigint, seen_timeline bigint) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Nothing rolls a sequence back, and a position that nobody has got harms nobody.
    IF seen_timeline <> timeline THEN
        PERFORM setval('chat.last_timeline', timeline);
    END IF;
    PERFORM setval('chat.last_position', newest);
    PERFORM pg_notify('chat_messages', '');
END
$$;
COMMENT ON FUNCTION chat.end_turn(bigint, bigint, bigint) IS
    'Says that positions were given up to this one, and wakes the workers.';

CREATE FUNCTION chat.id_at(a_position bigint) RETURNS uuid
LANGUAGE sql VOLATILE
-- Of a random UUID the first 16 and the last 48 bits are all random.
RETURN (SELECT (lpad(to_hex(a_position), 16, '0') || left(random, 4) || right(random, 12))::uuid
        FROM (SELECT gen_random_uuid()::text AS random OFFSET 0) AS made);
COMMENT ON FUNCTION chat.id_at(bigint) IS 'An id or a version at that position.';

-- The reasons for its form stand in 003_append.sql, 007_append_faster.sql and 008_keys_of_users.sql.
CREATE FUNCTION chat.append(
    bodies text[], rooms text[], authors text[], users text[], keys text[], edit_keys bytea[])
RETURNS TABLE (ordinal integer, id uuid, outcome text, body text, version uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Without these a plan made for an empty table, or jit, was seen to cost up to 96 ms per call.
SET jit = off
SET enable_seqscan = off
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    old_keys_live CONSTANT bigint := (49 * 3600 * 1000)::bigint << 16;  -- as chat.forget_keys says
    -- How many messages there are; NULL when the arrays differ in length or shape.
    size CONSTANT integer := CASE
        WHEN array_ndims(bodies) = 1 AND array_lower(bodies, 1) = 1
            AND array_dims(rooms) = array_dims(bodies)
            AND array_dims(authors) = array_dims(bodies)
            AND array_dims(users) = array_dims(bodies)
            AND array_dims(keys) = array_dims(bodies)
            AND array_dims(edit_keys) = array_dims(bodies)
        THEN cardinality(bodies)
        WHEN cardinality(bodies) = 0 AND cardinality(rooms) = 0 AND cardinality(authors) = 0
            AND cardinality(users) = 0 AND cardinality(keys) = 0 AND cardinality(edit_keys) = 0
        THEN 0 END;
    turn record;
    ids uuid[];
    -- For a message whose key is known in another form: the message that it stands for.
    known_ids uuid[];
    known_outcomes text[];
    stored bigint;
BEGIN
    IF size IS NULL THEN
        RAISE EXCEPTION 'chat.append: bodies, rooms, authors, users, keys and edit_keys must be '
            'arrays of one dimension and of the same length'
            USING ERRCODE = 'array_subscript_error';
    END IF;
    IF array_position(bodies, NULL) IS NOT NULL OR array_position(rooms, NULL) IS NOT NULL
        OR array_position(keys, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'chat.append: only an author, a user and an edit key may be null'
            USING ERRCODE = 'null_value_not_allowed';
    END IF;
    IF size = 0 THEN
        RETURN;
    END IF;

    -- 1. One caller at a time.
    turn := chat.take_turn();

    -- 2. An id for everyone; those of repeated messages are thrown away.
    SELECT array_agg((lpad(to_hex(turn.newest + n), 16, '0')
                      || left(random, 4) || right(random, 12))::uuid ORDER BY n)
    INTO ids
    FROM (SELECT n, gen_random_uuid()::text AS random
          FROM generate_series(1, size) AS n OFFSET 0) AS numbered;

    -- 3. For two days after an upgrade, and while old workers run beside new ones: the same POST
    -- may have been stored under its key in the other form.
    IF array_position(users, NULL) IS NOT NULL
        OR (SELECT o.last_value FROM chat.last_old_key AS o) > turn.newest - old_keys_live THEN
        SELECT array_agg(other.message_id ORDER BY new.n), array_agg(other.outcome ORDER BY new.n)
        INTO known_ids, known_outcomes
        FROM unnest(rooms, authors, bodies, users, keys) WITH ORDINALITY
            AS new (room, author, body, user_name, key, n)
        LEFT JOIN LATERAL chat.find_key_of_other_form(
            new.room, new.author, new.body, new.user_name, new.key) AS other ON true;
    END IF;

    -- 4. Of each key the first message wins, unless the key is known. A known key is locked by
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

    -- 5. Nearly always nobody has sent his message before: then nothing has to be looked up in what
    -- was just written, and nothing sorted, for the ids alone make the order. Who was signed in
    -- needs no key to change what he wrote.
    IF stored = size THEN
        INSERT INTO chat.messages (id, room, author, body, signed_in, edit_key)
        SELECT new.id, new.room, new.author, new.body, coalesce(new.user_name, '') <> '',
               CASE WHEN coalesce(new.user_name, '') = '' THEN new.edit_key END
        FROM unnest(ids, rooms, authors, bodies, users, edit_keys)
            AS new (id, room, author, body, user_name, edit_key);

        RETURN QUERY
        SELECT new.n::integer, new.id, 'stored', NULL::text, NULL::uuid
        FROM unnest(ids) WITH ORDINALITY AS new (id, n)
        ORDER BY new.n;
    ELSE
        -- Only those are stored that won their keys.
        IF stored > 0 THEN
            INSERT INTO chat.messages (id, room, author, body, signed_in, edit_key)
            SELECT new.id, new.room, new.author, new.body, coalesce(new.user_name, '') <> '',
                   CASE WHEN coalesce(new.user_name, '') = '' THEN new.edit_key END
            FROM unnest(ids, rooms, authors, bodies, keys, users, edit_keys) WITH ORDINALITY
                AS new (id, room, author, body, key, user_name, edit_key, n)
            JOIN chat.keys AS known
                ON known.key = new.key AND known.user_name IS NOT DISTINCT FROM new.user_name
                AND known.message_id = new.id
            ORDER BY new.n;
        END IF;

        RETURN QUERY
        SELECT found.n::integer, found.message_id,
               CASE WHEN found.outcome = 'repeated' AND now.id IS NULL THEN 'gone'
                    ELSE found.outcome END,
               CASE WHEN found.outcome = 'repeated' THEN now.body END,
               CASE WHEN found.outcome = 'repeated' THEN now.version END
        FROM (SELECT new.n, coalesce(new.known_id, known.message_id) AS message_id,
                     CASE WHEN new.known_id IS NOT NULL THEN new.known_outcome
                          WHEN known.message_id = new.id THEN 'stored'
                          WHEN known.digest <> chat.digest(new.room, new.author, new.body)
                              THEN 'conflict'
                          ELSE 'repeated' END AS outcome
              FROM unnest(ids, rooms, authors, bodies, users, keys, known_ids, known_outcomes)
                  WITH ORDINALITY
                  AS new (id, room, author, body, user_name, key, known_id, known_outcome, n)
              LEFT JOIN chat.keys AS known
                  ON known.key = new.key AND known.user_name IS NOT DISTINCT FROM new.user_name)
             AS found
        LEFT JOIN chat.messages AS now ON now.id = found.message_id AND NOT now.deleted
        ORDER BY found.n;
    END IF;

    -- 6. Last, and one wake-up for the whole batch.
    IF stored > 0 THEN
        IF array_position(users, NULL) IS NOT NULL THEN
            PERFORM setval('chat.last_old_key', turn.newest + size);
        END IF;
        PERFORM chat.end_turn(turn.newest + size, turn.timeline, turn.seen_timeline);
    END IF;
END
$$;
COMMENT ON FUNCTION chat.append(text[], text[], text[], text[], text[], bytea[]) IS
    'Stores messages in order, durably, each under the key of its user (empty for nobody), and says '
    'of each (ordinal from 1) whether it was stored, repeated (id is the original''s, body and '
    'version its newest state), in conflict with what the key was used for, or a repetition of one '
    'that is gone. Call it alone, in autocommit; after an error call it again with the same keys.';
GRANT EXECUTE ON FUNCTION chat.append(text[], text[], text[], text[], text[], bytea[])
    TO chat_worker;

-- What workers of the release before call, also while the new ones are started one after another.
CREATE OR REPLACE FUNCTION chat.append(
    bodies text[], rooms text[], authors text[], users text[], keys text[])
RETURNS TABLE (ordinal integer, id uuid, outcome text)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT answer.ordinal, answer.id, answer.outcome
    FROM chat.append(
        $1, $2, $3, $4, $5, array_fill(NULL::bytea, ARRAY[cardinality($5)])) AS answer;
END;

-- A text that was changed since, or is gone, can no longer be compared: where no digest was kept,
-- room and author must do.
CREATE OR REPLACE FUNCTION chat.find_key_of_other_form(
    room text, author text, body text, user_name text, key text)
RETURNS TABLE (message_id uuid, outcome text)
LANGUAGE sql STABLE
SET enable_seqscan = off
-- A message that is there and was written by somebody else is another user's. One that is gone can
-- no longer say whose it was: then nothing is stored.
BEGIN ATOMIC
    SELECT old.message_id,
           CASE WHEN old.digest <> chat.digest($1, $2, $3) THEN 'conflict'
                WHEN first.id IS NULL OR first.deleted THEN 'gone'
                WHEN old.digest IS NOT NULL THEN 'repeated'
                WHEN first.room = $1 AND first.author IS NOT DISTINCT FROM $2
                    AND (first.body = $3 OR first.version IS NOT NULL) THEN 'repeated'
                ELSE 'conflict' END
    FROM (SELECT k.message_id, NULL::uuid AS digest
          FROM chat.idempotency_keys AS k
          WHERE k.key = $5
          UNION ALL
          SELECT k.message_id, k.digest
          FROM chat.keys AS k
          WHERE k.key = $5 AND k.user_name IS NULL AND $4 IS NOT NULL) AS old
    LEFT JOIN chat.messages AS first ON first.id = old.message_id
    WHERE $4 IS NULL OR $4 = '' OR first.id IS NULL OR first.deleted OR first.author = $4
    UNION ALL
    SELECT k.message_id,
           CASE WHEN k.digest <> chat.digest($1, $2, $3) THEN 'conflict'
                WHEN EXISTS (SELECT FROM chat.messages AS m
                             WHERE m.id = k.message_id AND NOT m.deleted) THEN 'repeated'
                ELSE 'gone' END
    FROM chat.keys AS k
    WHERE $4 IS NULL AND k.key = $5
      AND (k.user_name = '' OR k.user_name = $2)
    -- Who finds himself need not look at others.
    ORDER BY 2 DESC
    LIMIT 1;
END;

CREATE FUNCTION chat.digest_of_change(id uuid, body text, edit_key bytea) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
-- In capitals, which no room has: never the digest of a message.
RETURN md5(CASE WHEN body IS NULL THEN 'DELETE ' ELSE 'PATCH ' END || id::text || ' '
           || coalesce(encode(edit_key, 'hex'), '-') || ' ' || coalesce(body, ''))::uuid;
COMMENT ON FUNCTION chat.digest_of_change(uuid, text, bytea) IS
    'Of all that makes two changes the same.';

-- One by one and not as a set: two changes of one message in a batch come after each other, and
-- changes are few beside messages.
CREATE FUNCTION chat.change(
    ids uuid[], bodies text[], users text[], edit_keys bytea[], if_matches text[], keys text[])
RETURNS TABLE (
    ordinal integer, outcome text, id uuid, room text, author text, body text, version uuid,
    deleted boolean, signed_in boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
SET enable_seqscan = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    size CONSTANT integer := cardinality(ids);
    turn record;
    message chat.messages%ROWTYPE;
    known_digest uuid;
    new_digest uuid;
    new_version uuid;
    there boolean;
    changed boolean := false;
BEGIN
    IF array_ndims(ids) > 1 OR array_lower(ids, 1) <> 1
        OR array_dims(bodies) IS DISTINCT FROM array_dims(ids)
        OR array_dims(users) IS DISTINCT FROM array_dims(ids)
        OR array_dims(edit_keys) IS DISTINCT FROM array_dims(ids)
        OR array_dims(if_matches) IS DISTINCT FROM array_dims(ids)
        OR array_dims(keys) IS DISTINCT FROM array_dims(ids) THEN
        RAISE EXCEPTION 'chat.change: ids, bodies, users, edit_keys, if_matches and keys must be '
            'arrays of one dimension and of the same length'
            USING ERRCODE = 'array_subscript_error';
    END IF;
    IF array_position(ids, NULL) IS NOT NULL OR array_position(users, NULL) IS NOT NULL
        OR array_position(keys, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'chat.change: only a body, an edit key and what must match may be null'
            USING ERRCODE = 'null_value_not_allowed';
    END IF;
    IF size = 0 THEN
        RETURN;
    END IF;

    turn := chat.take_turn();
    FOR n IN 1 .. size LOOP
        new_version := chat.id_at(turn.newest + n);
        new_digest := chat.digest_of_change(ids[n], bodies[n], edit_keys[n]);
        SELECT k.digest INTO known_digest
        FROM chat.keys AS k
        WHERE k.key = keys[n] AND k.user_name = users[n];
        -- A row that somebody holds, in a psql left open, must not make everybody wait for him.
        SELECT m.* INTO message FROM chat.messages AS m WHERE m.id = ids[n] FOR UPDATE SKIP LOCKED;
        there := FOUND;

        ordinal := n;
        id := ids[n];
        IF NOT there AND EXISTS (SELECT FROM chat.messages AS m WHERE m.id = ids[n]) THEN
            outcome := 'locked';
        ELSIF NOT there OR (message.deleted AND bodies[n] IS NOT NULL) THEN
            outcome := CASE WHEN known_digest IS DISTINCT FROM new_digest THEN 'not_found'
                            WHEN bodies[n] IS NULL THEN 'repeated'
                            ELSE 'gone' END;
        ELSIF (message.signed_in AND users[n] <> '' AND message.author = users[n]) IS NOT TRUE
            AND (message.edit_key = edit_keys[n]) IS NOT TRUE THEN
            outcome := 'forbidden';
        ELSIF known_digest IS NOT NULL THEN
            outcome := CASE WHEN known_digest = new_digest THEN 'repeated' ELSE 'conflict' END;
        ELSIF message.deleted THEN
            outcome := 'unchanged';
        ELSIF coalesce(message.version, message.id) <> ALL (if_matches[n]::uuid[]) THEN
            outcome := 'mismatch';
        ELSE
            outcome := CASE WHEN message.body = bodies[n] THEN 'unchanged' ELSE 'changed' END;
            -- What changes nothing has its key as well: when it is sent again, somebody else may
            -- have changed the message in between.
            INSERT INTO chat.keys (key, user_name, message_id, digest)
            VALUES (keys[n], users[n], new_version, new_digest);
        END IF;

        IF outcome = 'changed' THEN
            UPDATE chat.messages AS m
            SET body = coalesce(bodies[n], ''),
                deleted = bodies[n] IS NULL,
                version = new_version
            WHERE m.id = ids[n]
            RETURNING m.* INTO message;
            changed := true;
        END IF;
        IF outcome IN ('changed', 'unchanged', 'repeated') AND there THEN
            room := message.room;
            author := message.author;
            body := message.body;
            version := message.version;
            deleted := message.deleted;
            signed_in := message.signed_in;
        ELSE
            room := NULL;
            author := NULL;
            body := NULL;
            version := NULL;
            deleted := NULL;
            signed_in := NULL;
        END IF;
        RETURN NEXT;
    END LOOP;
    IF changed THEN
        PERFORM chat.end_turn(turn.newest + size, turn.timeline, turn.seen_timeline);
    END IF;
END
$$;
COMMENT ON FUNCTION chat.change(uuid[], text[], text[], bytea[], text[], text[]) IS
    'Gives messages another body, or none (null: deletes them), in order, durably, each under the '
    'key of its user (empty for nobody). Says of each (ordinal from 1) whether it is changed, '
    'unchanged (so it was already), repeated, not_found, forbidden (neither the author who was '
    'signed in, nor the edit key), mismatch (its position is not in that array), in conflict with '
    'what the key was used for, gone (repeated, and no more), or locked by somebody else; and what '
    'the message is now. Call it alone, in autocommit; after an error call it again with the same '
    'keys.';
GRANT EXECUTE ON FUNCTION chat.change(uuid[], text[], text[], bytea[], text[], text[])
    TO chat_worker;

-- An UPDATE that gives each of its rows a version which nobody has been told of yet is a change, and
-- readers learn of it as of any. With its text the name of who wrote a message may go.
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
        PERFORM chat.note_removal(newest_changed);
    END IF;
    RETURN NULL;
END
$$;
