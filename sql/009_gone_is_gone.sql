-- What is deleted, truncated or changed by hand must go from the memory of every worker within two
-- seconds. Each such statement is counted, and the workers' look reads the count together with the
-- news, in one snapshot.

SET LOCAL ROLE chat_owner;

-- A row and not a sequence: a sequence moves before the commit, and a worker that looks in between
-- would read the old rows again and never notice.
CREATE TABLE chat.removals (
    one boolean PRIMARY KEY DEFAULT true CONSTRAINT one_row CHECK (one),
    count bigint NOT NULL DEFAULT 0,
    newest uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'
);
COMMENT ON TABLE chat.removals IS
    'One row: how often messages went or changed other than by chat.append.';
COMMENT ON COLUMN chat.removals.one IS 'True, so that there is one row.';
COMMENT ON COLUMN chat.removals.count IS 'How many statements it were.';
COMMENT ON COLUMN chat.removals.newest IS
    'The greatest id that has ever gone: whoever remembers only what is newer has nothing to do.';
COMMENT ON CONSTRAINT one_row ON chat.removals IS 'There is one count.';
INSERT INTO chat.removals DEFAULT VALUES;
GRANT SELECT ON chat.removals TO chat_worker;

CREATE FUNCTION chat.count_removal() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    newest_gone uuid;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        newest_gone := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
    ELSE
        SELECT id INTO newest_gone FROM gone ORDER BY id DESC LIMIT 1;
        IF newest_gone IS NULL THEN
            RETURN NULL;
        END IF;
    END IF;
    UPDATE chat.removals SET count = count + 1, newest = greatest(newest, newest_gone);
    PERFORM pg_notify('chat_messages', '');
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION chat.count_removal() IS
    'Counts a statement that took messages away or changed them, and wakes the workers.';

CREATE TRIGGER count_deleted AFTER DELETE ON chat.messages
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION chat.count_removal();
CREATE TRIGGER count_updated AFTER UPDATE ON chat.messages
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION chat.count_removal();
CREATE TRIGGER count_truncated AFTER TRUNCATE ON chat.messages
    FOR EACH STATEMENT EXECUTE FUNCTION chat.count_removal();
-- Also for what arrives by logical replication.
ALTER TABLE chat.messages ENABLE ALWAYS TRIGGER count_deleted;
ALTER TABLE chat.messages ENABLE ALWAYS TRIGGER count_updated;
ALTER TABLE chat.messages ENABLE ALWAYS TRIGGER count_truncated;
COMMENT ON TRIGGER count_deleted ON chat.messages IS 'Gone is gone, from the workers'' memory too.';
COMMENT ON TRIGGER count_updated ON chat.messages IS 'Gone is gone, from the workers'' memory too.';
COMMENT ON TRIGGER count_truncated ON chat.messages IS
    'Gone is gone, from the workers'' memory too.';

-- A look asks for it, so that a worker notices when the rows are no longer the ones it has read.
CREATE FUNCTION chat.lineage() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Each is a fact of memory; pg_control_system(), which would tell two clusters apart, reads a
    -- file, and changes no more often than the connection.
    RETURN CASE WHEN pg_is_in_recovery()
                THEN (SELECT timeline_id::text FROM pg_control_checkpoint())
                ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint::text
           END || '/' || 'chat.messages'::regclass::oid::text;
END
$$;
COMMENT ON FUNCTION chat.lineage() IS
    'Another value after a fail-over, and when the table was restored: the timeline of the WAL and '
    'the table''s own number.';
GRANT EXECUTE ON FUNCTION chat.lineage() TO chat_worker;
GRANT SELECT ON chat.last_position TO chat_worker;
