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
-- Name: append(text[], text[], text[], text[]); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.append(bodies text[], rooms text[], authors text[], keys text[]) RETURNS TABLE(ordinal integer, id uuid, outcome text)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
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

    IF stored > 0 THEN
        INSERT INTO chat.messages (id, room, author, body)
        SELECT new.id, new.room, new.author, new.body
        FROM unnest(ids, rooms, authors, bodies, keys) WITH ORDINALITY
            AS new (id, room, author, body, key, n)
        JOIN chat.idempotency_keys AS known
            ON known.key = new.key AND known.message_id = new.id
        ORDER BY new.n;
    END IF;

    -- 6. What became of each. A message that was deleted while its key is remembered counts as
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


ALTER FUNCTION chat.append(bodies text[], rooms text[], authors text[], keys text[]) OWNER TO chat_owner;

--
-- Name: FUNCTION append(bodies text[], rooms text[], authors text[], keys text[]); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.append(bodies text[], rooms text[], authors text[], keys text[]) IS 'Stores messages in order, durably, each under its key, and says of each (ordinal from 1) whether it was stored, repeated (id is the original''s) or in conflict with what the key was used for. Call it alone, in autocommit; after an error call it again with the same keys.';


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
-- Name: forget_keys(interval, integer); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.forget_keys(older_than interval DEFAULT '2 days 01:00:00'::interval, at_most integer DEFAULT 10000) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    AS $$
DECLARE
    oldest_kept CONSTANT uuid := (
        lpad(to_hex(greatest(
                 0, floor(extract(epoch FROM clock_timestamp() - older_than) * 1000)::bigint)),
             12, '0') || repeat('0', 20))::uuid;
    forgotten bigint;
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
    DELETE FROM chat.idempotency_keys AS old
    USING (SELECT candidate.key
           FROM chat.idempotency_keys AS candidate
           WHERE candidate.message_id < oldest_kept
           ORDER BY candidate.message_id
           LIMIT at_most
           FOR UPDATE SKIP LOCKED) AS chosen
    WHERE old.key = chosen.key;
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END
$$;


ALTER FUNCTION chat.forget_keys(older_than interval, at_most integer) OWNER TO chat_owner;

--
-- Name: FUNCTION forget_keys(older_than interval, at_most integer); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.forget_keys(older_than interval, at_most integer) IS 'Removes up to at_most keys whose messages are older than older_than, the oldest first, and returns how many. Call it now and then, from one place or from many.';


--
-- Name: retain(interval, text[], integer); Type: FUNCTION; Schema: chat; Owner: chat_owner
--

CREATE FUNCTION chat.retain(younger_than interval, rooms text[] DEFAULT NULL::text[], at_most integer DEFAULT 10000) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    AS $$
DECLARE
    oldest_kept uuid;
    gone bigint;
BEGIN
    -- A key of the last two days must go on finding its message: a POST that is repeated would
    -- otherwise be told that the key was used for another one.
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


ALTER FUNCTION chat.retain(younger_than interval, rooms text[], at_most integer) OWNER TO chat_owner;

--
-- Name: FUNCTION retain(younger_than interval, rooms text[], at_most integer); Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON FUNCTION chat.retain(younger_than interval, rooms text[], at_most integer) IS 'Destroys up to at_most messages that are not younger_than that, the oldest first, of these rooms or of all, and returns how many. Call it again until it returns less than at_most.';


SET default_tablespace = '';

SET default_table_access_method = heap;

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

COMMENT ON TABLE chat.idempotency_keys IS 'The key of every POST of the last days. chat.forget_keys removes the old ones.';


--
-- Name: COLUMN idempotency_keys.key; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.idempotency_keys.key IS 'What the client sent as Idempotency-Key, or the request id that nginx gave.';


--
-- Name: COLUMN idempotency_keys.message_id; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.idempotency_keys.message_id IS 'The message that was stored under the key. Its time is the age of the key.';


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
-- Name: messages; Type: TABLE; Schema: chat; Owner: chat_owner
--

CREATE TABLE chat.messages (
    id uuid NOT NULL,
    room text NOT NULL COLLATE pg_catalog."C",
    author text,
    body text NOT NULL,
    CONSTRAINT author_is_valid CHECK (((octet_length(author) >= 1) AND (octet_length(author) <= 64))),
    CONSTRAINT body_is_valid CHECK ((octet_length(body) <= 10000)),
    CONSTRAINT room_is_valid CHECK ((room ~ '^[a-z0-9][a-z0-9_-]{0,63}$'::text))
);


ALTER TABLE chat.messages OWNER TO chat_owner;

--
-- Name: TABLE messages; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON TABLE chat.messages IS 'Everything that was said. Only chat.append writes here.';


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

COMMENT ON COLUMN chat.messages.author IS 'Who said it: 1 to 64 bytes of UTF-8. NULL when nobody signed.';


--
-- Name: COLUMN messages.body; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON COLUMN chat.messages.body IS 'The text: 0 to 10,000 bytes of UTF-8.';


--
-- Name: CONSTRAINT author_is_valid ON messages; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON CONSTRAINT author_is_valid ON chat.messages IS 'The length that the contract gives.';


--
-- Name: CONSTRAINT body_is_valid ON messages; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON CONSTRAINT body_is_valid ON chat.messages IS 'The length that the contract gives.';


--
-- Name: CONSTRAINT room_is_valid ON messages; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON CONSTRAINT room_is_valid ON chat.messages IS 'The form that the HTTP contract gives.';


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
-- Data for Name: idempotency_keys; Type: TABLE DATA; Schema: chat; Owner: chat_owner
--

COPY chat.idempotency_keys (key, message_id) FROM stdin;
client:0	01a217d1-b4c0-0001-b74e-3f2012952f35
client:1	01a217d1-b4fb-0001-18f9-d23a753bdfe3
client:2	01a217d1-b533-0001-ed3e-7adf996c8639
\.


--
-- Data for Name: messages; Type: TABLE DATA; Schema: chat; Owner: chat_owner
--

COPY chat.messages (id, room, author, body) FROM stdin;
01a217d1-b4c0-0001-b74e-3f2012952f35	lobby	ann	first
01a217d1-b4fb-0001-18f9-d23a753bdfe3	lobby	\N	zwei \\ 'drei' "vier"\n\t→ 🙂
01a217d1-b533-0001-ed3e-7adf996c8639	den	bob	xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
\.


--
-- Data for Name: schema_migrations; Type: TABLE DATA; Schema: chat; Owner: chat_owner
--

COPY chat.schema_migrations (version, name, applied_at) FROM stdin;
1	roles_and_schema	2026-11-26 12:25:48.83677+00
2	messages	2026-11-26 12:25:48.852419+00
3	append	2026-11-26 12:25:48.863756+00
4	forget_keys	2026-11-26 12:25:48.87477+00
5	retain	2026-11-26 12:25:48.882175+00
6	show_version	2026-11-26 12:25:48.885898+00
\.


--
-- Name: last_position; Type: SEQUENCE SET; Schema: chat; Owner: chat_owner
--

SELECT pg_catalog.setval('chat.last_position', 117682729720676353, true);


--
-- Name: last_timeline; Type: SEQUENCE SET; Schema: chat; Owner: chat_owner
--

SELECT pg_catalog.setval('chat.last_timeline', 1, true);


--
-- Name: idempotency_keys idempotency_keys_pkey; Type: CONSTRAINT; Schema: chat; Owner: chat_owner
--

ALTER TABLE ONLY chat.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (key);


--
-- Name: messages messages_pkey; Type: CONSTRAINT; Schema: chat; Owner: chat_owner
--

ALTER TABLE ONLY chat.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (id);


--
-- Name: schema_migrations schema_migrations_pkey; Type: CONSTRAINT; Schema: chat; Owner: chat_owner
--

ALTER TABLE ONLY chat.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);


--
-- Name: idempotency_keys_message_id; Type: INDEX; Schema: chat; Owner: chat_owner
--

CREATE INDEX idempotency_keys_message_id ON chat.idempotency_keys USING btree (message_id);


--
-- Name: INDEX idempotency_keys_message_id; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON INDEX chat.idempotency_keys_message_id IS 'Finds the oldest keys.';


--
-- Name: messages_room_id; Type: INDEX; Schema: chat; Owner: chat_owner
--

CREATE INDEX messages_room_id ON chat.messages USING btree (room, id);


--
-- Name: INDEX messages_room_id; Type: COMMENT; Schema: chat; Owner: chat_owner
--

COMMENT ON INDEX chat.messages_room_id IS 'The pages of one room, forwards and backwards.';


--
-- Name: SCHEMA chat; Type: ACL; Schema: -; Owner: chat_owner
--

GRANT USAGE ON SCHEMA chat TO chat_worker;


--
-- Name: FUNCTION append(bodies text[], rooms text[], authors text[], keys text[]); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.append(bodies text[], rooms text[], authors text[], keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION chat.append(bodies text[], rooms text[], authors text[], keys text[]) TO chat_worker;


--
-- Name: FUNCTION created_at(id uuid); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.created_at(id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION chat.created_at(id uuid) TO chat_worker;


--
-- Name: FUNCTION forget_keys(older_than interval, at_most integer); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.forget_keys(older_than interval, at_most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION chat.forget_keys(older_than interval, at_most integer) TO chat_worker;


--
-- Name: FUNCTION retain(younger_than interval, rooms text[], at_most integer); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.retain(younger_than interval, rooms text[], at_most integer) FROM PUBLIC;


--
-- Name: TABLE messages; Type: ACL; Schema: chat; Owner: chat_owner
--

GRANT SELECT ON TABLE chat.messages TO chat_worker;


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


