-- Who may do what, and the schema that everything else lives in.
--
-- Roles belong to the whole server and outlive a dropped database, so they may be here already;
-- and the one who migrates may be the database's owner with CREATEROLE and no superuser.

DO $$
BEGIN
    IF current_setting('server_version_num')::integer < 150000 THEN
        RAISE EXCEPTION 'The chat needs PostgreSQL 15 or newer, this server is %.',
            current_setting('server_version');
    END IF;
    -- The limits of a message count bytes of UTF-8.
    IF current_setting('server_encoding') <> 'UTF8' THEN
        RAISE EXCEPTION 'The chat needs a database with the encoding UTF8, this one has %.',
            current_setting('server_encoding');
    END IF;
END
$$;

DO $$
BEGIN
    IF to_regrole('chat_owner') IS NULL THEN
        CREATE ROLE chat_owner NOLOGIN;
        COMMENT ON ROLE chat_owner IS
            'Owns the schema chat and everything in it. Nobody logs in as it.';
    END IF;
EXCEPTION
    -- Another database of this server is being migrated at the same moment.
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

DO $$
BEGIN
    IF to_regrole('chat_worker') IS NULL THEN
        CREATE ROLE chat_worker LOGIN;
        COMMENT ON ROLE chat_worker IS
            'The FastCGI workers: read messages, call chat.append and chat.forget_keys.';
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

-- To make things that belong to chat_owner one must be able to become it. A superuser is; since
-- PostgreSQL 16 the creator of a role may administer it but not yet become it.
DO $$
DECLARE
    needed text := CASE WHEN current_setting('server_version_num')::integer >= 160000
                        THEN 'SET' ELSE 'MEMBER' END;
BEGIN
    IF NOT pg_has_role('chat_owner', needed) THEN
        EXECUTE format('GRANT chat_owner TO %I', current_user);
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'The role chat_owner exists and % is not a member of it.', current_user
            USING HINT = format('Ask its administrator for: GRANT chat_owner TO %I', current_user);
END
$$;

-- A client that freezes while it holds the lock of chat.append would stop everybody: the server
-- throws it out. jit never pays for statements of a millisecond.
DO $$
DECLARE
    setting record;
BEGIN
    FOR setting IN
        SELECT *
        FROM (VALUES ('statement_timeout', '5s'),
                     ('lock_timeout', '3s'),
                     ('idle_in_transaction_session_timeout', '2s'),
                     ('jit', 'off')) AS wanted (name, value)
        WHERE NOT EXISTS (SELECT
                          FROM pg_db_role_setting AS stored
                          WHERE stored.setrole = to_regrole('chat_worker')
                            AND stored.setdatabase = 0
                            AND wanted.name || '=' || wanted.value = ANY (stored.setconfig))
    LOOP
        EXECUTE format('ALTER ROLE chat_worker SET %I = %L', setting.name, setting.value);
    END LOOP;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE WARNING 'The role chat_worker exists and % may not alter it. Ask its administrator '
            'for: ALTER ROLE chat_worker SET % = %, and the like for the other timeouts.',
            current_user, setting.name, quote_literal(setting.value);
END
$$;

-- The database is the chat's own: who is not invited does not even connect, and nobody makes
-- temporary tables in it.
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO chat_worker', current_database());
END
$$;

CREATE SCHEMA chat AUTHORIZATION chat_owner;

SET LOCAL ROLE chat_owner;

-- Functions are open to everybody unless this is said, also those of later migrations.
ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM PUBLIC;

COMMENT ON SCHEMA chat IS 'The messages of the chat and what it takes to put them in one order.';
GRANT USAGE ON SCHEMA chat TO chat_worker;

CREATE TABLE chat.schema_migrations (
    version integer PRIMARY KEY,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE chat.schema_migrations IS
    'The migrations that this database has seen. Written by sql/migrate alone.';
COMMENT ON COLUMN chat.schema_migrations.version IS 'The number that begins the file''s name.';
COMMENT ON COLUMN chat.schema_migrations.name IS 'The rest of the file''s name, without .sql.';
COMMENT ON COLUMN chat.schema_migrations.applied_at IS 'When its transaction began.';
