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


SET default_tablespace = '';

SET default_table_access_method = heap;

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
-- Data for Name: schema_migrations; Type: TABLE DATA; Schema: chat; Owner: chat_owner
--

COPY chat.schema_migrations (version, name, applied_at) FROM stdin;
1	roles_and_schema	2026-11-26 12:25:26.553565+00
\.


--
-- Name: schema_migrations schema_migrations_pkey; Type: CONSTRAINT; Schema: chat; Owner: chat_owner
--

ALTER TABLE ONLY chat.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);


--
-- Name: SCHEMA chat; Type: ACL; Schema: -; Owner: chat_owner
--

GRANT USAGE ON SCHEMA chat TO chat_worker;


--
-- Name: DEFAULT PRIVILEGES FOR FUNCTIONS; Type: DEFAULT ACL; Schema: -; Owner: chat_owner
--

ALTER DEFAULT PRIVILEGES FOR ROLE chat_owner REVOKE ALL ON FUNCTIONS  FROM PUBLIC;


--
-- PostgreSQL database dump complete
--


