-- What belongs to the database itself and is in no dump of it: who may connect, and that it was not
-- always here. sql/migrate runs this each time, before the migrations.

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
DECLARE
    -- As CREATE DATABASE leaves it. What an administrator has decided later stays.
    untouched CONSTANT boolean := (
        SELECT datacl IS NULL FROM pg_database WHERE datname = current_database());
BEGIN
    -- The database is the chat's own: who is not invited does not even connect, and nobody makes
    -- temporary tables in it.
    IF untouched OR to_regnamespace('chat') IS NULL THEN
        EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    END IF;
    IF NOT has_database_privilege('chat_worker', current_database(), 'CONNECT') OR untouched THEN
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO chat_worker', current_database());
    END IF;

    -- Messages in a database that was just made come from a dump, and readers may have seen ids that
    -- are not in it. The clock is beyond them, unless they ran ahead of it or this host's clock is
    -- behind. It is as after a fail-over, and chat.append does what it does there: to a timeline
    -- that never was it answers with a step over 10 s of ids.
    IF untouched AND to_regclass('chat.last_timeline') IS NOT NULL THEN
        SET LOCAL ROLE chat_owner;
        PERFORM setval('chat.last_timeline', x'ffffffff'::bigint)
        FROM chat.last_timeline
        WHERE last_value <> 0;
    END IF;
END
$$;
