-- Keys are kept for at least two days (the HTTP contract); then they are only weight.

SET LOCAL ROLE chat_owner;

CREATE FUNCTION chat.forget_keys(
    older_than interval DEFAULT '2 days 1 hour', at_most integer DEFAULT 10000)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
SET enable_seqscan = off
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
COMMENT ON FUNCTION chat.forget_keys(interval, integer) IS
    'Removes up to at_most keys whose messages are older than older_than, the oldest first, and '
    'returns how many. Call it now and then, from one place or from many.';
GRANT EXECUTE ON FUNCTION chat.forget_keys(interval, integer) TO chat_worker;
