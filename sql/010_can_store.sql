-- A worker says that it is well when it can read and store. It knows from the POSTs that it stores;
-- when nobody writes, it asks here.

SET LOCAL ROLE chat_owner;

CREATE FUNCTION chat.probe(thorough boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF current_setting('transaction_read_only')::boolean THEN
        RAISE EXCEPTION 'the database is read-only' USING ERRCODE = 'read_only_sql_transaction';
    END IF;
    -- A record that nobody reads: its commit is written, and waits for a synchronous standby, as
    -- that of a message does, and no row is left behind.
    PERFORM pg_logical_emit_message(true, 'chat.probe', '');
    -- A message up to the moment before its commit: it meets every constraint and trigger, and is
    -- taken back. The largest one, of bytes that cannot be compressed, needs new pages too.
    BEGIN
        INSERT INTO chat.messages (id, room, body)
        SELECT '00000000-0000-0000-0000-000000000000', 'lobby',
               left(string_agg(md5(random()::text), ''), CASE WHEN thorough THEN 10000 ELSE 1 END)
        FROM generate_series(1, CASE WHEN thorough THEN 313 ELSE 1 END);
        RAISE EXCEPTION 'taken back' USING ERRCODE = 'CH001';
    EXCEPTION
        WHEN SQLSTATE 'CH001' THEN NULL;
    END;
END
$$;
COMMENT ON FUNCTION chat.probe(boolean) IS
    'Succeeds when a message could be stored now, and stores nothing; else fails as storing would. '
    'Thorough: even one of the greatest length, which leaves more dead bytes to vacuum.';
GRANT EXECUTE ON FUNCTION chat.probe(boolean) TO chat_worker;
