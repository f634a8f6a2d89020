-- The roles. They belong to the whole server: no dump of the database has them, and they outlive
-- it. sql/migrate runs this each time, before anything else; what is there already stays as it is.
-- Who migrates may be the database's owner with CREATEROLE and no superuser.

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
-- throws it out. jit never pays for statements of a millisecond. Where somebody has chosen another
-- value, that one stays.
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
                          FROM pg_db_role_setting AS stored, unnest(stored.setconfig) AS line
                          WHERE stored.setrole = to_regrole('chat_worker')
                            AND stored.setdatabase = 0
                            AND starts_with(line, wanted.name || '='))
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
