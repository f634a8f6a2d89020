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
\.


--
-- Data for Name: messages; Type: TABLE DATA; Schema: chat; Owner: chat_owner
--

COPY chat.messages (id, room, author, body) FROM stdin;
018bcfe5-687b-0000-8000-000000000000	lobby	ann	first
018bcfe5-687b-0001-8000-000000000000	lobby	\N	zwei \\ 'drei' "vier"\n\t→ 🙂
018bcfe5-687b-0002-8000-000000000000	den	bob	xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
\.


--
-- Data for Name: schema_migrations; Type: TABLE DATA; Schema: chat; Owner: chat_owner
--

COPY chat.schema_migrations (version, name, applied_at) FROM stdin;
1	roles_and_schema	2026-11-26 12:25:30.074704+00
2	messages	2026-11-26 12:25:30.162354+00
\.


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
-- Name: FUNCTION created_at(id uuid); Type: ACL; Schema: chat; Owner: chat_owner
--

REVOKE ALL ON FUNCTION chat.created_at(id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION chat.created_at(id uuid) TO chat_worker;


--
-- Name: TABLE messages; Type: ACL; Schema: chat; Owner: chat_owner
--

GRANT SELECT ON TABLE chat.messages TO chat_worker;


--
-- Name: DEFAULT PRIVILEGES FOR FUNCTIONS; Type: DEFAULT ACL; Schema: -; Owner: chat_owner
--

ALTER DEFAULT PRIVILEGES FOR ROLE chat_owner REVOKE ALL ON FUNCTIONS  FROM PUBLIC;


--
-- PostgreSQL database dump complete
--


