-- How long messages are kept is for the operator to say, by calling this from a timer. Nobody else
-- may: it is the only way by which a message goes.

SET LOCAL ROLE chat_owner;

CREATE FUNCTION chat.retain(
    younger_than interval, rooms text[] DEFAULT NULL, at_most integer DEFAULT 10000)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
SET enable_seqscan = off
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
COMMENT ON FUNCTION chat.retain(interval, text[], integer) IS
    'Destroys up to at_most messages that are not younger_than that, the oldest first, of these '
    'rooms or of all, and returns how many. Call it again until it returns less than at_most.';
