--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: chat; Type: SCHEMA; Schema: -; Owner: chat_owner
--

CREATE SCHEMA chat;


ALTER SCHEMA chat OWNER TO chat_owner;

--
-- Name: SCHEMA chat; Type: COMMENT; Schema: -; Owner: chat_owner
--

COMMENT ON SCHEMA chat IS 'The messages of the chat and what it takes to put them in one order.';


--
-- Name: append(text[], text[], text[], text[], text[], bytea[]); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.append(bodies text[], rooms text[], authors text[], users text[], keys text[], edit_keys bytea[]) RETURNS TABLE(ordinal integer, id uuid, outcome text, body text, version uuid)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
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


ALTER FUNCTION chat.append(bodies text[], rooms text[], authors text[], users text[], keys text[], edit_keys bytea[]) OWNER TO chat_owner;

--
-- Name: FUNCTION append(bodies text[], rooms text[], authors text[], users text[], keys text[], edit_keys bytea[]); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.append(bodies text[], rooms text[], authors text[], users text[], keys text[], edit_keys bytea[]) IS 'Stores messages in order, durably, each under the key of its user (empty for nobody), and says of each (ordinal from 1) whether it was stored, repeated (id is the original''s, body and version its newest state), in conflict with what the key was used for, or a repetition of one that is gone. Call it alone, in autocommit; after an error call it again with the same keys.';


--
-- Name: append(text[], text[], text[], text[], text[]); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.append(bodies text[], rooms text[], authors text[], users text[], keys text[]) RETURNS TABLE(ordinal integer, id uuid, outcome text)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT answer.ordinal,
     answer.id,
     answer.outcome
    FROM chat.append(append.bodies, append.rooms, append.authors, append.users, append.keys, array_fill(NULL::bytea, ARRAY[cardinality(append.keys)])) answer(ordinal, id, outcome, body, version);
END;


ALTER FUNCTION chat.append(bodies text[], rooms text[], authors text[], users text[], keys text[]) OWNER TO chat_owner;

--
-- Name: FUNCTION append(bodies text[], rooms text[], authors text[], users text[], keys text[]); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.append(bodies text[], rooms text[], authors text[], users text[], keys text[]) IS 'Stores messages in order, durably, each under the key of its user (empty for nobody), and says of each (ordinal from 1) whether it was stored, repeated (id is the original''s), in conflict with what the key was used for, or a repetition of one that is gone. Call it alone, in autocommit; after an error call it again with the same keys.';


--
-- Name: append(text[], text[], text[], text[]); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.append(bodies text[], rooms text[], authors text[], keys text[]) RETURNS TABLE(ordinal integer, id uuid, outcome text)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT answer.ordinal,
     answer.id,
         CASE answer.outcome
             WHEN 'gone'::text THEN 'conflict'::text
             ELSE answer.outcome
         END AS outcome
    FROM chat.append(append.bodies, append.rooms, append.authors, array_fill(NULL::text, ARRAY[cardinality(append.keys)]), append.keys) answer(ordinal, id, outcome);
END;


ALTER FUNCTION chat.append(bodies text[], rooms text[], authors text[], keys text[]) OWNER TO chat_owner;

--
-- Name: FUNCTION append(bodies text[], rooms text[], authors text[], keys text[]); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.append(bodies text[], rooms text[], authors text[], keys text[]) IS 'chat.append for a worker of version 0.1, which does not say who the user is.';


--
-- Name: change(uuid[], text[], text[], bytea[], text[], text[]); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.change(ids uuid[], bodies text[], users text[], edit_keys bytea[], if_matches text[], keys text[]) RETURNS TABLE(ordinal integer, outcome text, id uuid, room text, author text, body text, version uuid, deleted boolean, signed_in boolean)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
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


ALTER FUNCTION chat.change(ids uuid[], bodies text[], users text[], edit_keys bytea[], if_matches text[], keys text[]) OWNER TO chat_owner;

--
-- Name: FUNCTION change(ids uuid[], bodies text[], users text[], edit_keys bytea[], if_matches text[], keys text[]); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.change(ids uuid[], bodies text[], users text[], edit_keys bytea[], if_matches text[], keys text[]) IS 'Gives messages another body, or none (null: deletes them), in order, durably, each under the key of its user (empty for nobody). Says of each (ordinal from 1) whether it is changed, unchanged (so it was already), repeated, not_found, forbidden (neither the author who was signed in, nor the edit key), mismatch (its position is not in that array), in conflict with what the key was used for, gone (repeated, and no more), or locked by somebody else; and what the message is now. Call it alone, in autocommit; after an error call it again with the same keys.';


--
-- Name: count_removal(); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.count_removal() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
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


ALTER FUNCTION chat.count_removal() OWNER TO chat_owner;

--
-- Name: FUNCTION count_removal(); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.count_removal() IS 'Counts a statement that took messages away or changed them, and wakes the workers.';


--
-- Name: count_update(); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.count_update() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
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


ALTER FUNCTION chat.count_update() OWNER TO chat_owner;

--
-- Name: FUNCTION count_update(); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.count_update() IS 'Counts a statement that changed messages without giving them a version, and wakes the workers.';


--
-- Name: created_at(uuid); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.created_at(id uuid) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (('1970-01-01 00:00:00'::timestamp without time zone + ((((('x'::text || "left"(replace((id)::text, '-'::text, ''::text), 12)))::bit(48))::bigint)::double precision * '00:00:00.001'::interval)) AT TIME ZONE 'UTC'::text);


ALTER FUNCTION chat.created_at(id uuid) OWNER TO chat_owner;

--
-- Name: FUNCTION created_at(id uuid); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.created_at(id uuid) IS 'The millisecond that the id carries.';


--
-- Name: delete(uuid); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.delete(id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
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


ALTER FUNCTION chat.delete(id uuid) OWNER TO chat_owner;

--
-- Name: FUNCTION delete(id uuid); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.delete(id uuid) IS 'Deletes the text of a message when the transaction that calls it commits: a worker does it within a second, or when nobody holds its row any more.';


--
-- Name: digest(text, text, text); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.digest(room text, author text, body text) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (md5(((((room || ' '::text) || COALESCE((((octet_length(author))::text || ':'::text) || author), '-'::text)) || ' '::text) || body)))::uuid;


ALTER FUNCTION chat.digest(room text, author text, body text) OWNER TO chat_owner;

--
-- Name: FUNCTION digest(room text, author text, body text); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.digest(room text, author text, body text) IS 'Of all that makes two POSTs the same.';


--
-- Name: digest_of_change(uuid, text, bytea); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.digest_of_change(id uuid, body text, edit_key bytea) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (md5((((((CASE WHEN (body IS NULL) THEN 'DELETE '::text ELSE 'PATCH '::text END || (id)::text) || ' '::text) || COALESCE(encode(edit_key, 'hex'::text), '-'::text)) || ' '::text) || COALESCE(body, ''::text))))::uuid;


ALTER FUNCTION chat.digest_of_change(id uuid, body text, edit_key bytea) OWNER TO chat_owner;

--
-- Name: FUNCTION digest_of_change(id uuid, body text, edit_key bytea); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.digest_of_change(id uuid, body text, edit_key bytea) IS 'Of all that makes two changes the same.';


--
-- Name: do_what_was_handed_over(integer); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.do_what_was_handed_over(at_most integer DEFAULT 500) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
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


ALTER FUNCTION chat.do_what_was_handed_over(at_most integer) OWNER TO chat_owner;

--
-- Name: FUNCTION do_what_was_handed_over(at_most integer); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.do_what_was_handed_over(at_most integer) IS 'Does up to at_most of what chat.post, chat.edit and chat.delete were asked for, in order, and returns how many; what concerns a message whose row somebody holds is left for the next time. 0 as well while somebody else does it. Call it alone, in autocommit, again until it returns less than at_most.';


--
-- Name: doubt_about_clock(); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.doubt_about_clock() RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    day CONSTANT bigint := 24 * 3600 * 1000;
    minute CONSTANT bigint := 60 * 1000;
    now_ms CONSTANT bigint := floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint;
    seen bigint;
    stepped bigint;
    newest bigint;
BEGIN
    SELECT s.last_value, t.last_value, p.last_value >> 16 INTO seen, stepped, newest
    FROM chat.clock_seen AS s, chat.clock_stepped AS t, chat.last_position AS p;
    -- Before anybody has looked, the newest id says what time it was, if it is of these days.
    IF seen = 0 THEN
        seen := CASE WHEN newest = 0 THEN now_ms ELSE newest END;
    END IF;
    IF abs(now_ms - seen) > day THEN
        stepped := now_ms;
        PERFORM setval('chat.clock_stepped', now_ms);
    END IF;
    IF abs(now_ms - seen) > minute OR seen = newest THEN
        PERFORM setval('chat.clock_seen', now_ms);
    END IF;

    IF newest - now_ms > day THEN
        RETURN format('the newest ids are %s days ahead of the clock', (newest - now_ms) / day);
    END IF;
    IF stepped > 0 AND now_ms - stepped BETWEEN 0 AND day THEN
        RETURN format('the clock stepped by more than a day, or the chat stood still for so long, '
                      'at %s', to_timestamp(stepped / 1000));
    END IF;
    RETURN NULL;
END
$$;


ALTER FUNCTION chat.doubt_about_clock() OWNER TO chat_owner;

--
-- Name: FUNCTION doubt_about_clock(); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.doubt_about_clock() IS 'Why housekeeping does not believe the clock just now; NULL when it does.';


--
-- Name: edit(uuid, text); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.edit(id uuid, body text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
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


ALTER FUNCTION chat.edit(id uuid, body text) OWNER TO chat_owner;

--
-- Name: FUNCTION edit(id uuid, body text); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.edit(id uuid, body text) IS 'Gives a message another text when the transaction that calls it commits: a worker does it within a second, or when nobody holds its row any more. Nothing happens when the message is gone by then.';


--
-- Name: end_turn(bigint, bigint, bigint); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.end_turn(newest bigint, timeline bigint, seen_timeline bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
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


ALTER FUNCTION chat.end_turn(newest bigint, timeline bigint, seen_timeline bigint) OWNER TO chat_owner;

--
-- Name: FUNCTION end_turn(newest bigint, timeline bigint, seen_timeline bigint); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.end_turn(newest bigint, timeline bigint, seen_timeline bigint) IS 'Says that positions were given up to this one, and wakes the workers.';


--
-- Name: lineage(); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.lineage() RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    -- Each is a fact of memory; pg_control_system(), which would tell two clusters apart, reads a
    -- file, and changes no more often than the connection.
    RETURN CASE WHEN pg_is_in_recovery()
                THEN (SELECT timeline_id::text FROM pg_control_checkpoint())
                ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint::text
           END || '/' || 'chat.messages'::regclass::oid::text;
END
$$;


ALTER FUNCTION chat.lineage() OWNER TO chat_owner;

--
-- Name: FUNCTION lineage(); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.lineage() IS 'Another value after a fail-over, and when the table was restored: the timeline of the WAL and the table''s own number.';


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: removals; Type: TABLE; Schema: chat; Owner: chat_owner
--

CREATE TABLE chat.removals (
    one boolean DEFAULT true NOT NULL,
    count bigint DEFAULT 0 NOT NULL,
    newest uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    epochs bigint DEFAULT 0 NOT NULL,
    CONSTRAINT one_row CHECK (one)
);


ALTER TABLE chat.removals OWNER TO chat_owner;

--
-- Name: TABLE removals; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON TABLE chat.removals IS 'One row: how often messages went or changed other than by chat.append.';


--
-- Name: COLUMN removals.one; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.removals.one IS 'True, so that there is one row.';


--
-- Name: COLUMN removals.count; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.removals.count IS 'How many statements took messages away or changed them without a version.';


--
-- Name: COLUMN removals.newest; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.removals.newest IS 'The greatest id that has ever gone: whoever remembers only what is newer has nothing to do.';


--
-- Name: COLUMN removals.epochs; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.removals.epochs IS 'How many of them were not chat.retain''s.';


--
-- Name: CONSTRAINT one_row ON removals; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON CONSTRAINT one_row ON chat.removals IS 'There is one count.';


--
-- Name: epoch(); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.epoch() RETURNS text
    LANGUAGE sql STABLE
    RETURN "left"(md5(((chat.lineage() || '/'::text) || ((SELECT r.epochs FROM chat.removals r))::text)), 16);


ALTER FUNCTION chat.epoch() OWNER TO chat_owner;

--
-- Name: FUNCTION epoch(); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.epoch() IS 'Another value when what can be read has changed other than by messages and their changes: a reader who sees it reads again what he shows. Opaque, and the same on every worker.';


--
-- Name: find_changed_by_hand(integer); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.find_changed_by_hand(at_most integer) RETURNS TABLE(ordinal bigint, id uuid, room text, author text, body text, deleted boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
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


ALTER FUNCTION chat.find_changed_by_hand(at_most integer) OWNER TO chat_owner;

--
-- Name: FUNCTION find_changed_by_hand(at_most integer); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.find_changed_by_hand(at_most integer) IS 'Messages that were changed by hand since they were put into the search index, as they are now. One that is gone is as one that was deleted.';


--
-- Name: idempotency_keys; Type: TABLE; Schema: chat; Owner: chat_owner
--

CREATE TABLE chat.idempotency_keys (
    key text NOT NULL COLLATE pg_catalog."C",
    message_id uuid NOT NULL
);


ALTER TABLE chat.idempotency_keys OWNER TO chat_owner;

--
-- Name: TABLE idempotency_keys; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON TABLE chat.idempotency_keys IS 'Keys that workers of version 0.1 stored before this schema; nothing new is added. chat.keys has taken its place.';


--
-- Name: COLUMN idempotency_keys.key; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.idempotency_keys.key IS 'What the client sent as Idempotency-Key, or the request id that nginx gave.';


--
-- Name: COLUMN idempotency_keys.message_id; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.idempotency_keys.message_id IS 'The message that was stored under the key. Its time is the age of the key.';


--
-- Name: keys; Type: TABLE; Schema: chat; Owner: chat_owner
--

CREATE TABLE chat.keys (
    key text NOT NULL COLLATE pg_catalog."C",
    user_name text COLLATE pg_catalog."C",
    message_id uuid NOT NULL,
    digest uuid NOT NULL
);


ALTER TABLE chat.keys OWNER TO chat_owner;

--
-- Name: TABLE keys; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON TABLE chat.keys IS 'The key of every write of the last days. chat.forget_keys removes the old ones.';


--
-- Name: COLUMN keys.key; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.keys.key IS 'What the client sent as Idempotency-Key, or the request id that nginx gave.';


--
-- Name: COLUMN keys.user_name; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.keys.user_name IS 'Who sent it: the name that the web server vouched for, empty for nobody. NULL: a worker of version 0.1, which does not tell the two apart.';


--
-- Name: COLUMN keys.message_id; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.keys.message_id IS 'The position that was given under the key: the id of a message that was stored, the version of one that was changed. Its time is the age of the key.';


--
-- Name: COLUMN keys.digest; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.keys.digest IS 'chat.digest or chat.digest_of_change of what was first sent under the key.';


--
-- Name: messages; Type: TABLE; Schema: chat; Owner: chat_owner
--

CREATE TABLE chat.messages (
    id uuid NOT NULL,
    room text NOT NULL COLLATE pg_catalog."C",
    author text,
    body text NOT NULL,
    version uuid,
    deleted boolean DEFAULT false NOT NULL,
    signed_in boolean DEFAULT false NOT NULL,
    edit_key bytea,
    CONSTRAINT body_is_valid CHECK ((octet_length(body) <= 10000))
);


ALTER TABLE chat.messages OWNER TO chat_owner;

--
-- Name: TABLE messages; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON TABLE chat.messages IS 'Everything that was said, as it is now. Only the functions of this schema write here.';


--
-- Name: COLUMN messages.id; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.messages.id IS 'Primary key and cursor. chat.created_at(id) is the moment the message was made.';


--
-- Name: COLUMN messages.room; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.messages.room IS 'Where it was said.';


--
-- Name: COLUMN messages.author; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.messages.author IS 'Who said it: 1 to 128 bytes of UTF-8. NULL when nobody signed.';


--
-- Name: COLUMN messages.body; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.messages.body IS 'The text as it is now: 0 to 10,000 bytes of UTF-8.';


--
-- Name: COLUMN messages.version; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.messages.version IS 'The position of the last change: chat.created_at(version) is its moment. NULL: it is as it was first said.';


--
-- Name: COLUMN messages.deleted; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.messages.deleted IS 'The text is gone; the row is kept so that readers learn of it.';


--
-- Name: COLUMN messages.signed_in; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.messages.signed_in IS 'The author is not what the sender wrote, but who the web server said he was.';


--
-- Name: COLUMN messages.edit_key; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.messages.edit_key IS 'SHA-256 of what gives whoever sends it again the right to change the message. NULL: nothing.';


--
-- Name: CONSTRAINT body_is_valid ON messages; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON CONSTRAINT body_is_valid ON chat.messages IS 'The length that the contract gives.';


--
-- Name: find_key_of_other_form(text, text, text, text, text); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.find_key_of_other_form(room text, author text, body text, user_name text, key text) RETURNS TABLE(message_id uuid, outcome text)
    LANGUAGE sql STABLE
    SET enable_seqscan TO 'off'
    BEGIN ATOMIC
 SELECT old.message_id,
         CASE
             WHEN (old.digest <> chat.digest(find_key_of_other_form.room, find_key_of_other_form.author, find_key_of_other_form.body)) THEN 'conflict'::text
             WHEN ((first.id IS NULL) OR first.deleted) THEN 'gone'::text
             WHEN (old.digest IS NOT NULL) THEN 'repeated'::text
             WHEN ((first.room = find_key_of_other_form.room) AND (NOT (first.author IS DISTINCT FROM find_key_of_other_form.author)) AND ((first.body = find_key_of_other_form.body) OR (first.version IS NOT NULL))) THEN 'repeated'::text
             ELSE 'conflict'::text
         END AS "case"
    FROM (( SELECT k.message_id,
             NULL::uuid AS digest
            FROM chat.idempotency_keys k
           WHERE (k.key = find_key_of_other_form.key)
         UNION ALL
          SELECT k.message_id,
             k.digest
            FROM chat.keys k
           WHERE ((k.key = find_key_of_other_form.key) AND (k.user_name IS NULL) AND (find_key_of_other_form.user_name IS NOT NULL))) old
      LEFT JOIN chat.messages first ON ((first.id = old.message_id)))
   WHERE ((find_key_of_other_form.user_name IS NULL) OR (find_key_of_other_form.user_name = ''::text) OR (first.id IS NULL) OR first.deleted OR (first.author = find_key_of_other_form.user_name))
 UNION ALL
  SELECT k.message_id,
         CASE
             WHEN (k.digest <> chat.digest(find_key_of_other_form.room, find_key_of_other_form.author, find_key_of_other_form.body)) THEN 'conflict'::text
             WHEN (EXISTS ( SELECT
                FROM chat.messages m
               WHERE ((m.id = k.message_id) AND (NOT m.deleted)))) THEN 'repeated'::text
             ELSE 'gone'::text
         END AS "case"
    FROM chat.keys k
   WHERE ((find_key_of_other_form.user_name IS NULL) AND (k.key = find_key_of_other_form.key) AND ((k.user_name = ''::text) OR (k.user_name = find_key_of_other_form.author)))
  ORDER BY 2 DESC
 LIMIT 1;
END;


ALTER FUNCTION chat.find_key_of_other_form(room text, author text, body text, user_name text, key text) OWNER TO chat_owner;

--
-- Name: FUNCTION find_key_of_other_form(room text, author text, body text, user_name text, key text); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.find_key_of_other_form(room text, author text, body text, user_name text, key text) IS 'What a message''s key stands for if a worker of the other kind (version 0.1 or newer) stored it; no row if none did.';


--
-- Name: find_unindexed(integer); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.find_unindexed(at_most integer) RETURNS TABLE(begins_after uuid, found_at uuid, id uuid, room text, author text, body text, deleted boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
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


ALTER FUNCTION chat.find_unindexed(at_most integer) OWNER TO chat_owner;

--
-- Name: FUNCTION find_unindexed(at_most integer); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.find_unindexed(at_most integer) IS 'The next messages and changes that are not in the search index, in the order of positions.';


--
-- Name: forget_keys(interval, integer, boolean); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.forget_keys(older_than interval DEFAULT '2 days 01:00:00'::interval, at_most integer DEFAULT 10000, force boolean DEFAULT false) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    AS $$
DECLARE
    doubt CONSTANT text := chat.doubt_about_clock();
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
    -- Workers call this all the time, and a day later is soon enough: no error.
    IF doubt IS NOT NULL AND force IS NOT TRUE THEN
        RAISE NOTICE 'chat.forget_keys: no key was forgotten, because %', doubt;
        RETURN 0;
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


ALTER FUNCTION chat.forget_keys(older_than interval, at_most integer, force boolean) OWNER TO chat_owner;

--
-- Name: FUNCTION forget_keys(older_than interval, at_most integer, force boolean); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.forget_keys(older_than interval, at_most integer, force boolean) IS 'Drops up to at_most keys older than that, the oldest first, and returns how many. None while the clock is not believed (chat.doubt_about_clock), unless forced.';


--
-- Name: forget_person(text, bigint, integer); Type: PROCEDURE; Schema: chat; Owner: chat_owner
--

CREATE PROCEDURE chat.forget_person(IN author text, INOUT gone bigint DEFAULT 0, IN rows_at_once integer DEFAULT 10000)
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
DECLARE
    person CONSTANT text := forget_person.author;
    bite CONSTANT integer := forget_person.rows_at_once;
    messages_of_a_turn CONSTANT integer := 500;
    keys_of_a_bite CONSTANT integer := 1000;
    patience CONSTANT interval := '30 s';
    cursor_id uuid := '00000000-0000-0000-0000-000000000000';
    next_id uuid;
    found_ids uuid[];
    held_since timestamptz;
    turn record;
    of_turn bigint;
    total bigint := 0;
BEGIN
    IF person IS NULL OR person = '' THEN
        RAISE EXCEPTION 'chat.forget_person: say whose messages; those without an author stay'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF bite IS NULL OR bite < 1 THEN
        RAISE EXCEPTION 'chat.forget_person: rows_at_once must be at least 1, not %',
            coalesce(bite::text, 'null')
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- What he was about to say is not said.
    DELETE FROM chat.handed_over AS h WHERE h.author = person;
    COMMIT;
    LOOP
        -- Where the bite ends; past the last message there is none, and none can be added behind us.
        SELECT walked.id INTO next_id
        FROM (SELECT m.id FROM chat.messages AS m WHERE m.id > cursor_id ORDER BY m.id LIMIT bite)
            AS walked
        ORDER BY walked.id DESC
        LIMIT 1;
        EXIT WHEN next_id IS NULL;
        LOOP
            SELECT array_agg(found.id) INTO found_ids
            FROM (SELECT m.id FROM chat.messages AS m
                  WHERE m.id > cursor_id AND m.id <= next_id AND m.author = person
                  ORDER BY m.id) AS found;
            EXIT WHEN found_ids IS NULL;
            turn := chat.take_turn();
            -- Who holds a row holds nobody back: the others go, and his when he lets go.
            UPDATE chat.messages AS m
            SET body = '', author = NULL, signed_in = false, edit_key = NULL, deleted = true,
                version = chat.id_at(turn.newest + chosen.n)
            FROM (SELECT free.id, row_number() OVER (ORDER BY free.id) AS n
                  FROM (SELECT candidate.id FROM chat.messages AS candidate
                        WHERE candidate.id = ANY (found_ids) AND candidate.author = person
                        ORDER BY candidate.id
                        LIMIT messages_of_a_turn
                        FOR UPDATE SKIP LOCKED) AS free) AS chosen
            WHERE m.id = chosen.id;
            GET DIAGNOSTICS of_turn = ROW_COUNT;
            total := total + of_turn;
            IF of_turn > 0 THEN
                PERFORM chat.end_turn(
                    turn.newest + of_turn, turn.timeline, turn.seen_timeline);
            END IF;
            COMMIT;
            IF of_turn > 0 THEN
                held_since := NULL;
            ELSIF held_since IS NULL THEN
                held_since := clock_timestamp();
            ELSIF clock_timestamp() - held_since > patience THEN
                RAISE EXCEPTION 'chat.forget_person: % messages are gone, but another transaction '
                    'holds % of the next ones; end it, and call this again',
                    total, cardinality(found_ids)
                    USING ERRCODE = 'lock_not_available';
            ELSE
                PERFORM pg_sleep(0.1);
            END IF;
        END LOOP;
        cursor_id := next_id;
        COMMIT;
    END LOOP;
    -- The name stands beside the keys of the last days, too.
    LOOP
        DELETE FROM chat.keys AS k
        WHERE k.ctid = ANY (ARRAY(
            SELECT candidate.ctid FROM chat.keys AS candidate
            WHERE candidate.user_name = person
            LIMIT keys_of_a_bite
            FOR UPDATE SKIP LOCKED));
        EXIT WHEN NOT FOUND;
        COMMIT;
    END LOOP;
    forget_person.gone := total;
END
$$;


ALTER PROCEDURE chat.forget_person(IN author text, INOUT gone bigint, IN rows_at_once integer) OWNER TO chat_owner;

--
-- Name: PROCEDURE forget_person(IN author text, INOUT gone bigint, IN rows_at_once integer); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON PROCEDURE chat.forget_person(IN author text, INOUT gone bigint, IN rows_at_once integer) IS 'CALL chat.forget_person(''ann''): deletes all messages of that author, name and text, and returns how many. Readers are told as of any deletion. rows_at_once: how many rows of the table are looked through in a transaction. Run it again, or after it was interrupted, as you like.';


--
-- Name: id_at(bigint); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.id_at(a_position bigint) RETURNS uuid
    LANGUAGE sql
    RETURN (SELECT (((lpad(to_hex(id_at.a_position), 16, '0'::text) || "left"(made.random, 4)) || "right"(made.random, 12)))::uuid AS uuid FROM (SELECT (gen_random_uuid())::text AS random OFFSET 0) made);


ALTER FUNCTION chat.id_at(a_position bigint) OWNER TO chat_owner;

--
-- Name: FUNCTION id_at(a_position bigint); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.id_at(a_position bigint) IS 'An id or a version at that position.';


--
-- Name: index_again(bigint[], uuid[], text[]); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.index_again(ordinals bigint[], ids uuid[], tokens text[]) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
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


ALTER FUNCTION chat.index_again(ordinals bigint[], ids uuid[], tokens text[]) OWNER TO chat_owner;

--
-- Name: FUNCTION index_again(ordinals bigint[], ids uuid[], tokens text[]); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.index_again(ordinals bigint[], ids uuid[], tokens text[]) IS 'Puts what chat.find_changed_by_hand found into the index, as chat.index_messages does.';


--
-- Name: index_messages(uuid, uuid, uuid[], text[]); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.index_messages(begins_after uuid, ends_at uuid, ids uuid[], tokens text[]) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
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


ALTER FUNCTION chat.index_messages(begins_after uuid, ends_at uuid, ids uuid[], tokens text[]) OWNER TO chat_owner;

--
-- Name: FUNCTION index_messages(begins_after uuid, ends_at uuid, ids uuid[], tokens text[]); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.index_messages(begins_after uuid, ends_at uuid, ids uuid[], tokens text[]) IS 'Puts what chat.find_unindexed found into the index: for each message its tokens as an array''s text, or null when it is deleted. False, and nothing done, when somebody else was faster.';


--
-- Name: note_another_history(); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.note_another_history() RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 UPDATE chat.removals r SET epochs = GREATEST((r.epochs + 1), (floor((EXTRACT(epoch FROM clock_timestamp()) * (1000)::numeric)))::bigint)
    FROM ( SELECT removals.ctid
            FROM chat.removals
          FOR UPDATE OF removals SKIP LOCKED) free
   WHERE (r.ctid = free.ctid);
END;


ALTER FUNCTION chat.note_another_history() OWNER TO chat_owner;

--
-- Name: FUNCTION note_another_history(); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.note_another_history() IS 'Makes chat.epoch() another one, after the database was put back to an older state.';


--
-- Name: note_removal(uuid); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.note_removal(newest_gone uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    called_by text;
BEGIN
    -- Who calls is on the stack, where nobody else can put himself by accident.
    GET DIAGNOSTICS called_by = PG_CONTEXT;
    UPDATE chat.removals
    SET count = count + 1,
        newest = greatest(newest, newest_gone),
        epochs = epochs + CASE WHEN called_by LIKE '% chat.retain(%' THEN 0 ELSE 1 END;
    PERFORM pg_notify('chat_messages', '');
END
$$;


ALTER FUNCTION chat.note_removal(newest_gone uuid) OWNER TO chat_owner;

--
-- Name: FUNCTION note_removal(newest_gone uuid); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.note_removal(newest_gone uuid) IS 'Counts a statement that took messages up to that id away, and wakes the workers.';


--
-- Name: post(text, text, text); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.post(room text, author text, body text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
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
$_$;


ALTER FUNCTION chat.post(room text, author text, body text) OWNER TO chat_owner;

--
-- Name: FUNCTION post(room text, author text, body text); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.post(room text, author text, body text) IS 'Says something in a room, in the name of an author or of nobody (null), when the transaction that calls it commits: a worker does it within a second.';


--
-- Name: probe(boolean); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.probe(thorough boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF current_setting('transaction_read_only')::boolean THEN
        RAISE EXCEPTION 'the database is read-only' USING ERRCODE = 'read_only_sql_transaction';
    END IF;
    -- A record that nobody reads: its commit is written, and waits for a synchronous standby, as
    -- that of a message does, and no row is left behind.
    PERFORM pg_logical_emit_message(true, 'chat.probe', '');
    -- A message up to the moment before its commit: it meets every constraint and trigger, and is
    -- taken back. The largest one, of bytes that cannot be compressed, needs new pages too.
    BEGIN
        INSERT INTO chat.messages (id, room, body)
        SELECT '00000000-0000-0000-0000-000000000000', 'lobby',
               left(string_agg(md5(random()::text), ''), CASE WHEN thorough THEN 10000 ELSE 1 END)
        FROM generate_series(1, CASE WHEN thorough THEN 313 ELSE 1 END);
        RAISE EXCEPTION 'taken back' USING ERRCODE = 'CH001';
    EXCEPTION
        WHEN SQLSTATE 'CH001' THEN NULL;
    END;
END
$$;


ALTER FUNCTION chat.probe(thorough boolean) OWNER TO chat_owner;

--
-- Name: FUNCTION probe(thorough boolean); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.probe(thorough boolean) IS 'Succeeds when a message could be stored now, and stores nothing; else fails as storing would. Thorough: even one of the greatest length, which leaves more dead bytes to vacuum.';


--
-- Name: retain(interval, text[], integer, boolean); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.retain(younger_than interval, rooms text[] DEFAULT NULL::text[], at_most integer DEFAULT 10000, force boolean DEFAULT false) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    AS $$
DECLARE
    doubt CONSTANT text := chat.doubt_about_clock();
    oldest_kept uuid;
    gone bigint;
BEGIN
    -- A key of the last two days must go on finding its message: a POST that is repeated would
    -- otherwise be told that it is gone.
    IF younger_than IS NULL OR younger_than < interval '2 days' THEN
        RAISE EXCEPTION 'chat.retain: messages must be kept for at least 2 days, not %',
            coalesce(younger_than::text, 'null')
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF at_most IS NULL OR at_most < 1 THEN
        RAISE EXCEPTION 'chat.retain: at_most must be at least 1, not %',
            coalesce(at_most::text, 'null')
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF doubt IS NOT NULL AND force IS NOT TRUE THEN
        RAISE EXCEPTION 'chat.retain: nothing was destroyed, because %', doubt
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Look at the clock (date, timedatectl). When it is right: force => true.';
    END IF;
    oldest_kept := (
        lpad(to_hex(greatest(0, floor(extract(
            epoch FROM clock_timestamp() - younger_than) * 1000)::bigint)), 12, '0')
        || repeat('0', 20))::uuid;

    -- Ids are times, so the oldest are one end of the primary key and no index on a date is needed.
    -- Short calls, because a long one would hold back vacuum and a standby.
    DELETE FROM chat.messages AS old
    USING (SELECT candidate.id
           FROM chat.messages AS candidate
           WHERE candidate.id < oldest_kept
             AND (rooms IS NULL OR candidate.room = ANY (rooms))
           ORDER BY candidate.id
           LIMIT at_most
           FOR UPDATE SKIP LOCKED) AS chosen
    WHERE old.id = chosen.id;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
$$;


ALTER FUNCTION chat.retain(younger_than interval, rooms text[], at_most integer, force boolean) OWNER TO chat_owner;

--
-- Name: FUNCTION retain(younger_than interval, rooms text[], at_most integer, force boolean); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.retain(younger_than interval, rooms text[], at_most integer, force boolean) IS 'Destroys up to at_most messages that are not younger_than that, the oldest first, of these rooms or of all, and returns how many. Call it again until it returns less than at_most. Refuses while the clock is not believed (chat.doubt_about_clock), unless forced.';


--
-- Name: search(text[], text[], uuid, integer); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.search(tokens text[], any_room text[], before uuid, at_most integer) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_custom_plan'
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


ALTER FUNCTION chat.search(tokens text[], any_room text[], before uuid, at_most integer) OWNER TO chat_owner;

--
-- Name: FUNCTION search(tokens text[], any_room text[], before uuid, at_most integer); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.search(tokens text[], any_room text[], before uuid, at_most integer) IS 'The newest messages before that one that have all of the tokens and, unless it is null, one of any_room (room:NAME).';


--
-- Name: search_behind(); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.search_behind() RETURNS interval
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    AS $$
DECLARE
    progress CONSTANT uuid := (SELECT p.position FROM chat.search_progress AS p);
    -- What is next to go into the index: said, or changed.
    next CONSTANT uuid := least(
        (SELECT m.id FROM chat.messages AS m
         WHERE m.id > progress AND m.version IS NULL ORDER BY m.id LIMIT 1),
        (SELECT m.version FROM chat.messages AS m
         WHERE m.version > progress ORDER BY m.version LIMIT 1));
BEGIN
    RETURN CASE WHEN next IS NULL THEN interval '0'
                ELSE greatest(interval '0', clock_timestamp() - chat.created_at(next)) END;
END
$$;


ALTER FUNCTION chat.search_behind() OWNER TO chat_owner;

--
-- Name: FUNCTION search_behind(); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.search_behind() IS 'For how long the oldest message or change that is not in the search index has been waiting.';


--
-- Name: search_index; Type: TABLE; Schema: chat; Owner: chat_owner
--

CREATE TABLE chat.search_index (
    message_id uuid NOT NULL,
    tokens text[] NOT NULL COLLATE pg_catalog."C"
);


ALTER TABLE chat.search_index OWNER TO chat_owner;

--
-- Name: TABLE search_index; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON TABLE chat.search_index IS 'What each message can be found by. Up to the position in chat.search_progress.';


--
-- Name: COLUMN search_index.message_id; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.search_index.message_id IS 'The message.';


--
-- Name: COLUMN search_index.tokens; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.search_index.tokens IS 'Its words without case and accents, pairs of letters where words have no blanks between them, room:NAME and from:AUTHOR. Workers make them.';


--
-- Name: search_common(text[], text[], uuid, integer); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.search_common(tokens text[], any_room text[], before uuid, at_most integer) RETURNS SETOF uuid
    LANGUAGE sql STABLE
    SET enable_bitmapscan TO 'off'
    SET enable_sort TO 'off'
    BEGIN ATOMIC
 SELECT s.message_id
    FROM chat.search_index s
   WHERE ((s.message_id < search_common.before) AND (s.tokens @> search_common.tokens) AND ((search_common.any_room IS NULL) OR (s.tokens && search_common.any_room)))
   ORDER BY s.message_id DESC
  LIMIT search_common.at_most;
END;


ALTER FUNCTION chat.search_common(tokens text[], any_room text[], before uuid, at_most integer) OWNER TO chat_owner;

--
-- Name: FUNCTION search_common(tokens text[], any_room text[], before uuid, at_most integer); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.search_common(tokens text[], any_room text[], before uuid, at_most integer) IS 'chat.search where many messages have the words.';


--
-- Name: take_search_turn(); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.take_search_turn() RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
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


ALTER FUNCTION chat.take_search_turn() OWNER TO chat_owner;

--
-- Name: FUNCTION take_search_turn(); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.take_search_turn() IS 'Whether this session is the one that fills the search index.';


--
-- Name: take_turn(); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.take_turn(OUT newest bigint, OUT timeline bigint, OUT seen_timeline bigint) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
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
    PERFORM set_config(
        'chat.turn_follows', lpad(to_hex(newest), 16, '0') || repeat('f', 16), true);
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


ALTER FUNCTION chat.take_turn(OUT newest bigint, OUT timeline bigint, OUT seen_timeline bigint) OWNER TO chat_owner;

--
-- Name: FUNCTION take_turn(OUT newest bigint, OUT timeline bigint, OUT seen_timeline bigint); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.take_turn(OUT newest bigint, OUT timeline bigint, OUT seen_timeline bigint) IS 'Waits until nobody else writes, and says what the newest position is. The turn ends with the transaction: chat.end_turn comes last.';


--
-- Name: turn_follows(); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.turn_follows() RETURNS uuid
    LANGUAGE sql STABLE
    RETURN (NULLIF(current_setting('chat.turn_follows'::text, true), ''::text))::uuid;


ALTER FUNCTION chat.turn_follows() OWNER TO chat_owner;

--
-- Name: FUNCTION turn_follows(); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.turn_follows() IS 'The last position before the turn that this transaction has taken last, as the greatest id that it can have. Every message and change that is not of this turn is at or before it.';


--
-- Name: clock_seen; Type: SEQUENCE; Schema: chat; Owner: chat_owner
--

CREATE SEQUENCE chat.clock_seen
    START WITH 0
    INCREMENT BY 1
    MINVALUE 0
    NO MAXVALUE
    CACHE 1;


ALTER TABLE chat.clock_seen OWNER TO chat_owner;

--
-- Name: SEQUENCE clock_seen; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON SEQUENCE chat.clock_seen IS 'The clock when housekeeping last looked at it. 0: never.';


--
-- Name: clock_stepped; Type: SEQUENCE; Schema: chat; Owner: chat_owner
--

CREATE SEQUENCE chat.clock_stepped
    START WITH 0
    INCREMENT BY 1
    MINVALUE 0
    NO MAXVALUE
    CACHE 1;


ALTER TABLE chat.clock_stepped OWNER TO chat_owner;

--
-- Name: SEQUENCE clock_stepped; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON SEQUENCE chat.clock_stepped IS 'The clock when it was last found to be more than a day from where it should be. 0: never.';


--
-- Name: handed_over; Type: TABLE; Schema: chat; Owner: chat_owner
--

CREATE TABLE chat.handed_over (
    ordinal bigint NOT NULL,
    message_id uuid,
    room text COLLATE pg_catalog."C",
    author text COLLATE pg_catalog."C",
    body text COLLATE pg_catalog."C",
    CONSTRAINT author_fits CHECK (((octet_length(author) >= 1) AND (octet_length(author) <= 128))),
    CONSTRAINT body_fits CHECK ((octet_length(body) <= 10000)),
    CONSTRAINT one_thing CHECK ((((message_id IS NULL) = (room IS NOT NULL)) AND ((message_id IS NULL) OR (author IS NULL)) AND ((room IS NULL) OR (body IS NOT NULL)))),
    CONSTRAINT room_is_a_name CHECK ((room ~ '^[a-z0-9][a-z0-9_-]{0,63}$'::text))
);


ALTER TABLE chat.handed_over OWNER TO chat_owner;

--
-- Name: TABLE handed_over; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON TABLE chat.handed_over IS 'What chat.post, chat.edit and chat.delete were asked for and no worker has done yet.';


--
-- Name: COLUMN handed_over.ordinal; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.handed_over.ordinal IS 'The order in which it was asked for.';


--
-- Name: COLUMN handed_over.message_id; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.handed_over.message_id IS 'What is to be changed. NULL: a new message.';


--
-- Name: COLUMN handed_over.room; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.handed_over.room IS 'Where the new message is said.';


--
-- Name: COLUMN handed_over.author; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.handed_over.author IS 'Who says it; NULL: nobody.';


--
-- Name: COLUMN handed_over.body; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.handed_over.body IS 'The new text. NULL: the message is deleted.';


--
-- Name: CONSTRAINT author_fits ON handed_over; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON CONSTRAINT author_fits ON chat.handed_over IS 'As in chat.messages.';


--
-- Name: CONSTRAINT body_fits ON handed_over; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON CONSTRAINT body_fits ON chat.handed_over IS 'As in chat.messages.';


--
-- Name: CONSTRAINT one_thing ON handed_over; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON CONSTRAINT one_thing ON chat.handed_over IS 'A new message, or a change of one.';


--
-- Name: CONSTRAINT room_is_a_name ON handed_over; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON CONSTRAINT room_is_a_name ON chat.handed_over IS 'As in chat.messages.';


--
-- Name: handed_over_ordinal_seq; Type: SEQUENCE; Schema: chat; Owner: chat_owner
--

ALTER TABLE chat.handed_over ALTER COLUMN ordinal ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME chat.handed_over_ordinal_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: SEQUENCE handed_over_ordinal_seq; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON SEQUENCE chat.handed_over_ordinal_seq IS 'Counts what is asked for.';


--
-- Name: last_old_key; Type: SEQUENCE; Schema: chat; Owner: chat_owner
--

CREATE SEQUENCE chat.last_old_key
    START WITH 0
    INCREMENT BY 1
    MINVALUE 0
    NO MAXVALUE
    CACHE 1;


ALTER TABLE chat.last_old_key OWNER TO chat_owner;

--
-- Name: SEQUENCE last_old_key; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON SEQUENCE chat.last_old_key IS 'The position at which a key of the old form was last stored: chat.append looks for such keys for two days longer. 0: there is none.';


--
-- Name: last_position; Type: SEQUENCE; Schema: chat; Owner: chat_owner
--

CREATE SEQUENCE chat.last_position
    START WITH 0
    INCREMENT BY 1
    MINVALUE 0
    NO MAXVALUE
    CACHE 1;


ALTER TABLE chat.last_position OWNER TO chat_owner;

--
-- Name: SEQUENCE last_position; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON SEQUENCE chat.last_position IS 'The upper half of the newest id: Unix milliseconds * 65536 + a counter. Only chat.append moves it. A sequence and not a row, because it leaves no dead rows behind.';


--
-- Name: last_timeline; Type: SEQUENCE; Schema: chat; Owner: chat_owner
--

CREATE SEQUENCE chat.last_timeline
    START WITH 0
    INCREMENT BY 1
    MINVALUE 0
    NO MAXVALUE
    CACHE 1;


ALTER TABLE chat.last_timeline OWNER TO chat_owner;

--
-- Name: SEQUENCE last_timeline; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON SEQUENCE chat.last_timeline IS 'The timeline of the WAL on which chat.append stored last: it changes with a promotion. 0 before the first message.';


--
-- Name: rooms; Type: TABLE; Schema: chat; Owner: chat_owner
--

CREATE TABLE chat.rooms (
    room text NOT NULL COLLATE pg_catalog."C"
);


ALTER TABLE chat.rooms OWNER TO chat_owner;

--
-- Name: TABLE rooms; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON TABLE chat.rooms IS 'Rooms of which messages went: they may hold none any more, and were used all the same.';


--
-- Name: COLUMN rooms.room; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.rooms.room IS 'The name.';


--
-- Name: schema_migrations; Type: TABLE; Schema: chat; Owner: chat_owner
--

CREATE TABLE chat.schema_migrations (
    version integer NOT NULL,
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE chat.schema_migrations OWNER TO chat_owner;

--
-- Name: TABLE schema_migrations; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON TABLE chat.schema_migrations IS 'The migrations that this database has seen. Written by sql/migrate alone.';


--
-- Name: COLUMN schema_migrations.version; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.schema_migrations.version IS 'The number that begins the file''s name.';


--
-- Name: COLUMN schema_migrations.name; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.schema_migrations.name IS 'The rest of the file''s name, without .sql.';


--
-- Name: COLUMN schema_migrations.applied_at; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.schema_migrations.applied_at IS 'When its transaction began.';


--
-- Name: search_again; Type: TABLE; Schema: chat; Owner: chat_owner
--

CREATE TABLE chat.search_again (
    message_id uuid NOT NULL,
    ordinal bigint NOT NULL
);


ALTER TABLE chat.search_again OWNER TO chat_owner;

--
-- Name: TABLE search_again; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON TABLE chat.search_again IS 'Messages that are to be looked at again by whoever fills the search index, because they were changed or removed other than by chat.change.';


--
-- Name: COLUMN search_again.message_id; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.search_again.message_id IS 'The message. It may be gone.';


--
-- Name: COLUMN search_again.ordinal; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.search_again.ordinal IS 'Of one message the order in which it was changed.';


--
-- Name: search_again_ordinal_seq; Type: SEQUENCE; Schema: chat; Owner: chat_owner
--

ALTER TABLE chat.search_again ALTER COLUMN ordinal ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME chat.search_again_ordinal_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: SEQUENCE search_again_ordinal_seq; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON SEQUENCE chat.search_again_ordinal_seq IS 'Counts what is to be looked at again.';


--
-- Name: search_progress; Type: TABLE; Schema: chat; Owner: chat_owner
--

CREATE TABLE chat.search_progress (
    one boolean DEFAULT true NOT NULL,
    "position" uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    CONSTRAINT one_row CHECK (one)
);


ALTER TABLE chat.search_progress OWNER TO chat_owner;

--
-- Name: TABLE search_progress; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON TABLE chat.search_progress IS 'One row: how far the index is filled.';


--
-- Name: COLUMN search_progress.one; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.search_progress.one IS 'True, so that there is one row.';


--
-- Name: COLUMN search_progress."position"; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.search_progress."position" IS 'Everything up to it, messages and changes, is in the index as it was then.';


--
-- Name: CONSTRAINT one_row ON search_progress; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON CONSTRAINT one_row ON chat.search_progress IS 'There is one progress.';


--
-- Data for Name: handed_over; Type: TABLE DATA; Schema: chat; Owner: chat_owner
--

COPY chat.handed_over (ordinal, message_id, room, author, body) FROM stdin;
\.


--
-- Data for Name: idempotency_keys; Type: TABLE DATA; Schema: chat; Owner: chat_owner
--

COPY chat.idempotency_keys (key, message_id) FROM stdin;
\.


--
-- Data for Name: keys; Type: TABLE DATA; Schema: chat; Owner: chat_owner
--

COPY chat.keys (key, user_name, message_id, digest) FROM stdin;
client:0	\N	01a227bc-5214-0001-5e97-daedc9699eca	f292413c-2e2b-d960-8d69-db29bd52c7ae
client:1	\N	01a227bc-5250-0001-cc24-2e5a2379d878	278cbf4b-6fef-345c-f14c-3ce2ff0d8401
client:2	\N	01a227bc-5288-0001-0f6b-91d072e61171	4ed61804-411a-d9a5-f857-873a3f0cbe59
\.


--
-- Data for Name: messages; Type: TABLE DATA; Schema: chat; Owner: chat_owner
--

COPY chat.messages (id, room, author, body, version, deleted, signed_in, edit_key) FROM stdin;
01a227bc-5214-0001-5e97-daedc9699eca	lobby	ann	first	\N	f	f	\N
01a227bc-5250-0001-cc24-2e5a2379d878	lobby	\N	zwei \\ 'drei' "vier"\n\t→ 🙂	\N	f	f	\N
01a227bc-5288-0001-0f6b-91d072e61171	den	bob	xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx	\N	f	f	\N
\.


--
-- Data for Name: removals; Type: TABLE DATA; Schema: chat; Owner: chat_owner
--

COPY chat.removals (one, count, newest, epochs) FROM stdin;
t	0	00000000-0000-0000-0000-000000000000	0
\.


--
-- Data for Name: rooms; Type: TABLE DATA; Schema: chat; Owner: chat_owner
--

COPY chat.rooms (room) FROM stdin;
\.


--
-- Data for Name: schema_migrations; Type: TABLE DATA; Schema: chat; Owner: chat_owner
--

COPY chat.schema_migrations (version, name, applied_at) FROM stdin;
1	roles_and_schema	2026-11-29 14:36:22.725172+00
2	messages	2026-11-29 14:36:22.741229+00
3	append	2026-11-29 14:36:22.753836+00
4	forget_keys	2026-11-29 14:36:22.757657+00
5	retain	2026-11-29 14:36:22.761119+00
6	show_version	2026-11-29 14:36:22.762169+00
7	append_faster	2026-11-29 14:36:22.76279+00
8	keys_of_users	2026-11-29 14:36:22.766416+00
9	gone_is_gone	2026-11-29 14:36:22.785312+00
10	can_store	2026-11-29 14:36:22.793308+00
11	longer_authors	2026-11-29 14:36:22.797258+00
12	forget_a_person	2026-11-29 14:36:22.801176+00
13	mistrust_a_wrong_clock	2026-11-29 14:36:22.802393+00
14	changes	2026-11-29 14:36:22.809305+00
15	index_changes	2026-11-29 14:36:22.815799+00
16	change_messages	2026-11-29 14:36:22.821273+00
17	hand_over	2026-11-29 14:36:22.827681+00
18	forget_a_person_as_changes	2026-11-29 14:36:22.833445+00
19	rooms	2026-11-29 14:36:22.83524+00
20	search	2026-11-29 14:36:22.839086+00
21	own_news	2026-11-29 14:36:22.855688+00
22	search_again	2026-11-29 14:36:22.86109+00
23	search_behind	2026-11-29 14:36:22.869153+00
24	another_history	2026-11-29 14:36:22.873063+00
\.


--
-- Data for Name: search_again; Type: TABLE DATA; Schema: chat; Owner: chat_owner
--

COPY chat.search_again (message_id, ordinal) FROM stdin;
\.


--
-- Data for Name: search_index; Type: TABLE DATA; Schema: chat; Owner: chat_owner
--

COPY chat.search_index (message_id, tokens) FROM stdin;
\.


--
-- Data for Name: search_progress; Type: TABLE DATA; Schema: chat; Owner: chat_owner
--

COPY chat.search_progress (one, "position") FROM stdin;
t	00000000-0000-0000-0000-000000000000
\.


--
-- Name: clock_seen; Type: SEQUENCE SET; Schema: chat; Owner: chat_owner
--

SELECT pg_catalog.setval('chat.clock_seen', 0, false);


--
-- Name: clock_stepped; Type: SEQUENCE SET; Schema: chat; Owner: chat_owner
--

SELECT pg_catalog.setval('chat.clock_stepped', 0, false);


--
-- Name: handed_over_ordinal_seq; Type: SEQUENCE SET; Schema: chat; Owner: chat_owner
--

SELECT pg_catalog.setval('chat.handed_over_ordinal_seq', 1, false);


--
-- Name: last_old_key; Type: SEQUENCE SET; Schema: chat; Owner: chat_owner
--

SELECT pg_catalog.setval('chat.last_old_key', 117700230057033729, true);


--
-- Name: last_position; Type: SEQUENCE SET; Schema: chat; Owner: chat_owner
--

SELECT pg_catalog.setval('chat.last_position', 117700230057033729, true);


--
-- Name: last_timeline; Type: SEQUENCE SET; Schema: chat; Owner: chat_owner
--

SELECT pg_catalog.setval('chat.last_timeline', 1, true);


--
-- Name: search_again_ordinal_seq; Type: SEQUENCE SET; Schema: chat; Owner: chat_owner
--

SELECT pg_catalog.setval('chat.search_again_ordinal_seq', 1, false);


--
-- Name: messages author_is_valid; Type: CHECK CONSTRAINT; Schema: chat; Owner: chat_owner
--

ALTER TABLE chat.messages
    ADD CONSTRAINT author_is_valid CHECK (((octet_length(author) >= 1) AND (octet_length(author) <= 128))) NOT VALID;


--
-- Name: CONSTRAINT author_is_valid ON messages; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON CONSTRAINT author_is_valid ON chat.messages IS 'The length that the contract gives.';


--
-- Name: messages deleted_is_wiped; Type: CHECK CONSTRAINT; Schema: chat; Owner: chat_owner
--

ALTER TABLE chat.messages
    ADD CONSTRAINT deleted_is_wiped CHECK (((NOT deleted) OR ((version IS NOT NULL) AND (body = ''::text)))) NOT VALID;


--
-- Name: CONSTRAINT deleted_is_wiped ON messages; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON CONSTRAINT deleted_is_wiped ON chat.messages IS 'A deleted text is nowhere.';


--
-- Name: messages edit_key_is_sha256; Type: CHECK CONSTRAINT; Schema: chat; Owner: chat_owner
--

ALTER TABLE chat.messages
    ADD CONSTRAINT edit_key_is_sha256 CHECK ((octet_length(edit_key) = 32)) NOT VALID;


--
-- Name: CONSTRAINT edit_key_is_sha256 ON messages; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON CONSTRAINT edit_key_is_sha256 ON chat.messages IS 'The length of a digest.';


--
-- Name: handed_over handed_over_pkey; Type: CONSTRAINT; Schema: chat; Owner: chat_owner
--

ALTER TABLE ONLY chat.handed_over
    ADD CONSTRAINT handed_over_pkey PRIMARY KEY (ordinal);


--
-- Name: idempotency_keys idempotency_keys_pkey; Type: CONSTRAINT; Schema: chat; Owner: chat_owner
--

ALTER TABLE ONLY chat.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (key);


--
-- Name: keys keys_are_unique; Type: CONSTRAINT; Schema: chat; Owner: chat_owner
--

ALTER TABLE ONLY chat.keys
    ADD CONSTRAINT keys_are_unique UNIQUE NULLS NOT DISTINCT (key, user_name);


--
-- Name: CONSTRAINT keys_are_unique ON keys; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON CONSTRAINT keys_are_unique ON chat.keys IS 'What makes a repeated POST harmless.';


--
-- Name: messages messages_pkey; Type: CONSTRAINT; Schema: chat; Owner: chat_owner
--

ALTER TABLE ONLY chat.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (id);


--
-- Name: removals removals_pkey; Type: CONSTRAINT; Schema: chat; Owner: chat_owner
--

ALTER TABLE ONLY chat.removals
    ADD CONSTRAINT removals_pkey PRIMARY KEY (one);


--
-- Name: messages room_is_valid; Type: CHECK CONSTRAINT; Schema: chat; Owner: chat_owner
--

ALTER TABLE chat.messages
    ADD CONSTRAINT room_is_valid CHECK (((octet_length(room) <= 64) AND (room ~ '^[a-z0-9][a-z0-9_-]*$'::text))) NOT VALID;


--
-- Name: CONSTRAINT room_is_valid ON messages; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON CONSTRAINT room_is_valid ON chat.messages IS 'The form that the HTTP contract gives.';


--
-- Name: rooms rooms_pkey; Type: CONSTRAINT; Schema: chat; Owner: chat_owner
--

ALTER TABLE ONLY chat.rooms
    ADD CONSTRAINT rooms_pkey PRIMARY KEY (room);


--
-- Name: schema_migrations schema_migrations_pkey; Type: CONSTRAINT; Schema: chat; Owner: chat_owner
--

ALTER TABLE ONLY chat.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);


--
-- Name: search_again search_again_pkey; Type: CONSTRAINT; Schema: chat; Owner: chat_owner
--

ALTER TABLE ONLY chat.search_again
    ADD CONSTRAINT search_again_pkey PRIMARY KEY (message_id, ordinal);


--
-- Name: search_index search_index_pkey; Type: CONSTRAINT; Schema: chat; Owner: chat_owner
--

ALTER TABLE ONLY chat.search_index
    ADD CONSTRAINT search_index_pkey PRIMARY KEY (message_id);


--
-- Name: search_progress search_progress_pkey; Type: CONSTRAINT; Schema: chat; Owner: chat_owner
--

ALTER TABLE ONLY chat.search_progress
    ADD CONSTRAINT search_progress_pkey PRIMARY KEY (one);


--
-- Name: messages version_is_later; Type: CHECK CONSTRAINT; Schema: chat; Owner: chat_owner
--

ALTER TABLE chat.messages
    ADD CONSTRAINT version_is_later CHECK ((version > id)) NOT VALID;


--
-- Name: CONSTRAINT version_is_later ON messages; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON CONSTRAINT version_is_later ON chat.messages IS 'A change comes after what it changes.';


--
-- Name: idempotency_keys_message_id; Type: INDEX; Schema: chat; Owner: chat_owner
--

CREATE INDEX idempotency_keys_message_id ON chat.idempotency_keys USING btree (message_id);


--
-- Name: INDEX idempotency_keys_message_id; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON INDEX chat.idempotency_keys_message_id IS 'Finds the oldest keys.';


--
-- Name: keys_message_id; Type: INDEX; Schema: chat; Owner: chat_owner
--

CREATE INDEX keys_message_id ON chat.keys USING btree (message_id);


--
-- Name: INDEX keys_message_id; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON INDEX chat.keys_message_id IS 'Finds the oldest keys.';


--
-- Name: messages_room_id; Type: INDEX; Schema: chat; Owner: chat_owner
--

CREATE INDEX messages_room_id ON chat.messages USING btree (room, id);


--
-- Name: INDEX messages_room_id; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON INDEX chat.messages_room_id IS 'The pages of one room, forwards and backwards.';


--
-- Name: messages_room_version; Type: INDEX; Schema: chat; Owner: chat_owner
--

CREATE INDEX messages_room_version ON chat.messages USING btree (room, version) WHERE (version IS NOT NULL);


--
-- Name: INDEX messages_room_version; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON INDEX chat.messages_room_version IS 'The changes in one room, in their order.';


--
-- Name: messages_version; Type: INDEX; Schema: chat; Owner: chat_owner
--

CREATE INDEX messages_version ON chat.messages USING btree (version) WHERE (version IS NOT NULL);


--
-- Name: INDEX messages_version; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON INDEX chat.messages_version IS 'The changes in all rooms, in their order.';


--
-- Name: search_index_tokens; Type: INDEX; Schema: chat; Owner: chat_owner
--

CREATE INDEX search_index_tokens ON chat.search_index USING gin (tokens);


--
-- Name: INDEX search_index_tokens; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON INDEX chat.search_index_tokens IS 'Finds the messages that have all of some words.';


--
-- Name: messages count_deleted; Type: TRIGGER; Schema: chat; Owner: chat_owner
--

CREATE TRIGGER count_deleted AFTER DELETE ON chat.messages REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION chat.count_removal();

ALTER TABLE chat.messages ENABLE ALWAYS TRIGGER count_deleted;


--
-- Name: TRIGGER count_deleted ON messages; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON TRIGGER count_deleted ON chat.messages IS 'Gone is gone, from the workers'' memory too.';


--
-- Name: messages count_truncated; Type: TRIGGER; Schema: chat; Owner: chat_owner
--

CREATE TRIGGER count_truncated AFTER TRUNCATE ON chat.messages FOR EACH STATEMENT EXECUTE FUNCTION chat.count_removal();

ALTER TABLE chat.messages ENABLE ALWAYS TRIGGER count_truncated;


--
-- Name: TRIGGER count_truncated ON messages; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON TRIGGER count_truncated ON chat.messages IS 'Gone is gone, from the workers'' memory too.';


--
-- Name: messages count_updated; Type: TRIGGER; Schema: chat; Owner: chat_owner
--

CREATE TRIGGER count_updated AFTER UPDATE ON chat.messages REFERENCING OLD TABLE AS was NEW TABLE AS became FOR EACH STATEMENT EXECUTE FUNCTION chat.count_update();

ALTER TABLE chat.messages ENABLE ALWAYS TRIGGER count_updated;


--
-- Name: TRIGGER count_updated ON messages; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON TRIGGER count_updated ON chat.messages IS 'Gone is gone, from the workers'' memory too.';


--
-- Name: SCHEMA chat; Type: ACL; Schema: -; Owner: chat_owner
--

GRANT USAGE ON SCHEMA chat TO chat_worker;


--
-- Name: FUNCTION append(bodies text[], rooms text[], authors text[], users text[], keys text[], edit_keys bytea[]); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.append(bodies text[], rooms text[], authors text[], users text[], keys text[], edit_keys bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION chat.append(bodies text[], rooms text[], authors text[], users text[], keys text[], edit_keys bytea[]) TO chat_worker;


--
-- Name: FUNCTION append(bodies text[], rooms text[], authors text[], users text[], keys text[]); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.append(bodies text[], rooms text[], authors text[], users text[], keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION chat.append(bodies text[], rooms text[], authors text[], users text[], keys text[]) TO chat_worker;


--
-- Name: FUNCTION append(bodies text[], rooms text[], authors text[], keys text[]); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.append(bodies text[], rooms text[], authors text[], keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION chat.append(bodies text[], rooms text[], authors text[], keys text[]) TO chat_worker;


--
-- Name: FUNCTION change(ids uuid[], bodies text[], users text[], edit_keys bytea[], if_matches text[], keys text[]); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.change(ids uuid[], bodies text[], users text[], edit_keys bytea[], if_matches text[], keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION chat.change(ids uuid[], bodies text[], users text[], edit_keys bytea[], if_matches text[], keys text[]) TO chat_worker;


--
-- Name: FUNCTION count_removal(); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.count_removal() FROM PUBLIC;


--
-- Name: FUNCTION count_update(); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.count_update() FROM PUBLIC;


--
-- Name: FUNCTION created_at(id uuid); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.created_at(id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION chat.created_at(id uuid) TO chat_worker;


--
-- Name: FUNCTION delete(id uuid); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.delete(id uuid) FROM PUBLIC;


--
-- Name: FUNCTION digest(room text, author text, body text); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.digest(room text, author text, body text) FROM PUBLIC;


--
-- Name: FUNCTION digest_of_change(id uuid, body text, edit_key bytea); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.digest_of_change(id uuid, body text, edit_key bytea) FROM PUBLIC;


--
-- Name: FUNCTION do_what_was_handed_over(at_most integer); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.do_what_was_handed_over(at_most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION chat.do_what_was_handed_over(at_most integer) TO chat_worker;


--
-- Name: FUNCTION doubt_about_clock(); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.doubt_about_clock() FROM PUBLIC;


--
-- Name: FUNCTION edit(id uuid, body text); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.edit(id uuid, body text) FROM PUBLIC;


--
-- Name: FUNCTION end_turn(newest bigint, timeline bigint, seen_timeline bigint); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.end_turn(newest bigint, timeline bigint, seen_timeline bigint) FROM PUBLIC;


--
-- Name: FUNCTION lineage(); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.lineage() FROM PUBLIC;
GRANT ALL ON FUNCTION chat.lineage() TO chat_worker;


--
-- Name: TABLE removals; Type: ACL; Schema: chat; Owner: chat_owner
--

GRANT SELECT ON TABLE chat.removals TO chat_worker;


--
-- Name: FUNCTION epoch(); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.epoch() FROM PUBLIC;
GRANT ALL ON FUNCTION chat.epoch() TO chat_worker;


--
-- Name: FUNCTION find_changed_by_hand(at_most integer); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.find_changed_by_hand(at_most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION chat.find_changed_by_hand(at_most integer) TO chat_worker;


--
-- Name: TABLE messages; Type: ACL; Schema: chat; Owner: chat_owner
--

GRANT SELECT ON TABLE chat.messages TO chat_worker;


--
-- Name: FUNCTION find_key_of_other_form(room text, author text, body text, user_name text, key text); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.find_key_of_other_form(room text, author text, body text, user_name text, key text) FROM PUBLIC;


--
-- Name: FUNCTION find_unindexed(at_most integer); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.find_unindexed(at_most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION chat.find_unindexed(at_most integer) TO chat_worker;


--
-- Name: FUNCTION forget_keys(older_than interval, at_most integer, force boolean); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.forget_keys(older_than interval, at_most integer, force boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION chat.forget_keys(older_than interval, at_most integer, force boolean) TO chat_worker;


--
-- Name: PROCEDURE forget_person(IN author text, INOUT gone bigint, IN rows_at_once integer); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON PROCEDURE chat.forget_person(IN author text, INOUT gone bigint, IN rows_at_once integer) FROM PUBLIC;


--
-- Name: FUNCTION id_at(a_position bigint); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.id_at(a_position bigint) FROM PUBLIC;


--
-- Name: FUNCTION index_again(ordinals bigint[], ids uuid[], tokens text[]); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.index_again(ordinals bigint[], ids uuid[], tokens text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION chat.index_again(ordinals bigint[], ids uuid[], tokens text[]) TO chat_worker;


--
-- Name: FUNCTION index_messages(begins_after uuid, ends_at uuid, ids uuid[], tokens text[]); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.index_messages(begins_after uuid, ends_at uuid, ids uuid[], tokens text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION chat.index_messages(begins_after uuid, ends_at uuid, ids uuid[], tokens text[]) TO chat_worker;


--
-- Name: FUNCTION note_another_history(); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.note_another_history() FROM PUBLIC;
GRANT ALL ON FUNCTION chat.note_another_history() TO chat_worker;


--
-- Name: FUNCTION note_removal(newest_gone uuid); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.note_removal(newest_gone uuid) FROM PUBLIC;


--
-- Name: FUNCTION post(room text, author text, body text); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.post(room text, author text, body text) FROM PUBLIC;


--
-- Name: FUNCTION probe(thorough boolean); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.probe(thorough boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION chat.probe(thorough boolean) TO chat_worker;


--
-- Name: FUNCTION retain(younger_than interval, rooms text[], at_most integer, force boolean); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.retain(younger_than interval, rooms text[], at_most integer, force boolean) FROM PUBLIC;


--
-- Name: FUNCTION search(tokens text[], any_room text[], before uuid, at_most integer); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.search(tokens text[], any_room text[], before uuid, at_most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION chat.search(tokens text[], any_room text[], before uuid, at_most integer) TO chat_worker;


--
-- Name: FUNCTION search_behind(); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.search_behind() FROM PUBLIC;
GRANT ALL ON FUNCTION chat.search_behind() TO chat_worker;


--
-- Name: FUNCTION search_common(tokens text[], any_room text[], before uuid, at_most integer); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.search_common(tokens text[], any_room text[], before uuid, at_most integer) FROM PUBLIC;


--
-- Name: FUNCTION take_search_turn(); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.take_search_turn() FROM PUBLIC;
GRANT ALL ON FUNCTION chat.take_search_turn() TO chat_worker;


--
-- Name: FUNCTION take_turn(OUT newest bigint, OUT timeline bigint, OUT seen_timeline bigint); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.take_turn(OUT newest bigint, OUT timeline bigint, OUT seen_timeline bigint) FROM PUBLIC;


--
-- Name: FUNCTION turn_follows(); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.turn_follows() FROM PUBLIC;
GRANT ALL ON FUNCTION chat.turn_follows() TO chat_worker;


--
-- Name: TABLE handed_over; Type: ACL; Schema: chat; Owner: chat_owner
--

GRANT SELECT ON TABLE chat.handed_over TO chat_worker;


--
-- Name: SEQUENCE last_position; Type: ACL; Schema: chat; Owner: chat_owner
--

GRANT SELECT ON SEQUENCE chat.last_position TO chat_worker;


--
-- Name: TABLE rooms; Type: ACL; Schema: chat; Owner: chat_owner
--

GRANT SELECT ON TABLE chat.rooms TO chat_worker;


--
-- Name: COLUMN schema_migrations.version; Type: ACL; Schema: chat; Owner: chat_owner
--

GRANT SELECT(version) ON TABLE chat.schema_migrations TO chat_worker;


--
-- Name: DEFAULT PRIVILEGES FOR FUNCTIONS; Type: DEFAULT ACL; Schema: -; Owner: chat_owner
--

ALTER DEFAULT PRIVILEGES FOR ROLE chat_owner REVOKE ALL ON FUNCTIONS  FROM PUBLIC;


--
-- PostgreSQL database dump complete
--


