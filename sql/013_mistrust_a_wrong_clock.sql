-- Housekeeping takes away what is old by the clock. A clock that is a year ahead for a minute would
-- make everything old, so it is not believed: neither when the newest ids are ahead of it (it was
-- ahead once, or is behind now), nor for a day after it was seen to step. That costs a day of
-- housekeeping after the chat has stood still for longer than a day, and nothing else.

SET LOCAL ROLE chat_owner;

-- Sequences, because what they say must outlast the transaction that refuses. In milliseconds.
CREATE SEQUENCE chat.clock_seen AS bigint MINVALUE 0 START 0 CACHE 1;
COMMENT ON SEQUENCE chat.clock_seen IS 'The clock when housekeeping last looked at it. 0: never.';
CREATE SEQUENCE chat.clock_stepped AS bigint MINVALUE 0 START 0 CACHE 1;
COMMENT ON SEQUENCE chat.clock_stepped IS
    'The clock when it was last found to be more than a day from where it should be. 0: never.';

CREATE FUNCTION chat.doubt_about_clock() RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
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
COMMENT ON FUNCTION chat.doubt_about_clock() IS
    'Why housekeeping does not believe the clock just now; NULL when it does.';

-- Another argument, so another function; who calls them as before calls these.
DROP FUNCTION chat.retain(interval, text[], integer);
DROP FUNCTION chat.forget_keys(interval, integer);

CREATE FUNCTION chat.retain(
    younger_than interval, rooms text[] DEFAULT NULL, at_most integer DEFAULT 10000,
    force boolean DEFAULT false)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
SET enable_seqscan = off
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
COMMENT ON FUNCTION chat.retain(interval, text[], integer, boolean) IS
    'Destroys up to at_most messages that are not younger_than that, the oldest first, of these '
    'rooms or of all, and returns how many. Call it again until it returns less than at_most. '
    'Refuses while the clock is not believed (chat.doubt_about_clock), unless forced.';

CREATE FUNCTION chat.forget_keys(
    older_than interval DEFAULT '2 days 1 hour', at_most integer DEFAULT 10000,
    force boolean DEFAULT false)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
SET enable_seqscan = off
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
COMMENT ON FUNCTION chat.forget_keys(interval, integer, boolean) IS
    'Drops up to at_most keys older than that, the oldest first, and returns how many. None while '
    'the clock is not believed (chat.doubt_about_clock), unless forced.';
GRANT EXECUTE ON FUNCTION chat.forget_keys(interval, integer, boolean) TO chat_worker;
