-- A worker whose message is the next one after all that it knows need not ask for its own news.

SET LOCAL ROLE chat_owner;

-- Whoever takes a turn can learn which position was the last before it. Kept by the transaction and
-- not returned, for chat.append has its callers.
CREATE OR REPLACE FUNCTION chat.take_turn(
    OUT newest bigint, OUT timeline bigint, OUT seen_timeline bigint)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    lock_class CONSTANT integer := x'63686174'::integer;  -- "chat"; sql/migrate locks with 2
    lock_append CONSTANT integer := 1;
    failover_guard CONSTANT bigint := 10000::bigint << 16;  -- 10 s, see below
BEGIN
    -- Under a stricter level every statement would look at the time before the lock.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'messages are written under READ COMMITTED, not %',
            upper(current_setting('transaction_isolation'))
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    -- One at a time, until his commit is durable and visible. This must be a statement of its own:
    -- the next one takes a new snapshot, which shows all that came before.
    PERFORM pg_advisory_xact_lock(lock_class, lock_append);
    -- Never behind the clock, never behind the last position.
    SELECT p.last_value, t.last_value INTO newest, seen_timeline
    FROM chat.last_position AS p, chat.last_timeline AS t;
    PERFORM set_config(
        'chat.turn_follows', lpad(to_hex(newest), 16, '0') || repeat('f', 16), true);
    timeline := ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint;
    newest := greatest(
        newest, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint << 16);
    -- A standby that was promoted may lack the last messages that somebody has read, and its clock
    -- may be behind: step over every position that they can have had.
    IF seen_timeline NOT IN (0, timeline) THEN
        newest := newest + failover_guard;
    END IF;
END
$$;

CREATE FUNCTION chat.turn_follows() RETURNS uuid
LANGUAGE sql STABLE
RETURN nullif(current_setting('chat.turn_follows', true), '')::uuid;
COMMENT ON FUNCTION chat.turn_follows() IS
    'The last position before the turn that this transaction has taken last, as the greatest id that '
    'it can have. Every message and change that is not of this turn is at or before it.';
GRANT EXECUTE ON FUNCTION chat.turn_follows() TO chat_worker;
