-- A data directory that was put back to an older state tells nobody: the timeline is what it was. A
-- worker that finds the position behind what it has seen says it.

SET LOCAL ROLE chat_owner;

CREATE FUNCTION chat.note_another_history() RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    -- A count that was put back as well would come to the same values again; the time does not.
    -- Whoever holds the row is about to count himself, and nobody waits for him here.
    UPDATE chat.removals AS r
    SET epochs = greatest(
        r.epochs + 1, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
    FROM (SELECT ctid FROM chat.removals FOR UPDATE SKIP LOCKED) AS free
    WHERE r.ctid = free.ctid;
END;
COMMENT ON FUNCTION chat.note_another_history() IS
    'Makes chat.epoch() another one, after the database was put back to an older state.';
GRANT EXECUTE ON FUNCTION chat.note_another_history() TO chat_worker;
