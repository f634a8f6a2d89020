-- What was said may change: be edited, or be deleted as far as its text goes. A change gets a
-- version, minted like an id, from the same sequence and under the same lock: so what was said and
-- what was changed stand in one order.

SET LOCAL ROLE chat_owner;

-- Constants and nothing for every row that is there: no row is written, and nobody waits. The
-- constraints hold for what is stored from now on; what is there already meets them.
ALTER TABLE chat.messages
    ADD COLUMN version uuid,
    ADD COLUMN deleted boolean NOT NULL DEFAULT false,
    ADD COLUMN signed_in boolean NOT NULL DEFAULT false,
    ADD COLUMN edit_key bytea,
    ADD CONSTRAINT version_is_later CHECK (version > id) NOT VALID,
    ADD CONSTRAINT deleted_is_wiped
        CHECK (NOT deleted OR (version IS NOT NULL AND body = '')) NOT VALID,
    ADD CONSTRAINT edit_key_is_sha256 CHECK (octet_length(edit_key) = 32) NOT VALID;
COMMENT ON COLUMN chat.messages.version IS
    'The position of the last change: chat.created_at(version) is its moment. NULL: it is as it was '
    'first said.';
COMMENT ON COLUMN chat.messages.deleted IS
    'The text is gone; the row is kept so that readers learn of it.';
COMMENT ON COLUMN chat.messages.signed_in IS
    'The author is not what the sender wrote, but who the web server said he was.';
COMMENT ON COLUMN chat.messages.edit_key IS
    'SHA-256 of what gives whoever sends it again the right to change the message. NULL: nothing.';
COMMENT ON CONSTRAINT version_is_later ON chat.messages IS 'A change comes after what it changes.';
COMMENT ON CONSTRAINT deleted_is_wiped ON chat.messages IS 'A deleted text is nowhere.';
COMMENT ON CONSTRAINT edit_key_is_sha256 ON chat.messages IS 'The length of a digest.';
COMMENT ON COLUMN chat.messages.body IS
    'The text as it is now: 0 to 10,000 bytes of UTF-8.';
COMMENT ON TABLE chat.messages IS
    'Everything that was said, as it is now. Only the functions of this schema write here.';

-- What happened by hand is told to the readers too: their pages may show what is no more. What
-- chat.retain takes away just vanishes; they need not read anything again for it.
ALTER TABLE chat.removals ADD COLUMN epochs bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN chat.removals.count IS
    'How many statements took messages away or changed them without a version.';
COMMENT ON COLUMN chat.removals.epochs IS 'How many of them were not chat.retain''s.';

CREATE FUNCTION chat.note_removal(newest_gone uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    called_by text;
BEGIN
    -- Who calls is on the stack, where nobody else can put himself by accident.
    GET DIAGNOSTICS called_by = PG_CONTEXT;
    UPDATE chat.removals
    SET count = count + 1,
        newest = greatest(newest, newest_gone),
        epochs = epochs + CASE WHEN called_by LIKE '% chat.retain(%' THEN 0 ELSE 1 END;
    PERFORM pg_notify('chat_messages', '');
END
$$;
COMMENT ON FUNCTION chat.note_removal(uuid) IS
    'Counts a statement that took messages up to that id away, and wakes the workers.';

CREATE OR REPLACE FUNCTION chat.count_removal() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    newest_gone uuid;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        -- Of everything that there can have been so far, and of nothing that comes after.
        SELECT (lpad(to_hex(p.last_value), 16, '0') || repeat('f', 16))::uuid INTO newest_gone
        FROM chat.last_position AS p;
    ELSE
        SELECT id INTO newest_gone FROM gone ORDER BY id DESC LIMIT 1;
    END IF;
    IF newest_gone IS NOT NULL THEN
        PERFORM chat.note_removal(newest_gone);
    END IF;
    RETURN NULL;
END
$$;

-- An UPDATE that gives each of its rows a version which nobody has been told of yet is a change, and
-- readers learn of it as of any. Only the functions of this schema do that: they hold the lock and
-- move the position afterwards. Every other UPDATE is somebody's hand.
CREATE FUNCTION chat.count_update() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    position uuid;
    newest_changed uuid;
BEGIN
    SELECT (lpad(to_hex(p.last_value), 16, '0') || repeat('f', 16))::uuid INTO position
    FROM chat.last_position AS p;
    SELECT greatest(was.id, became.id) INTO newest_changed
    FROM was
    FULL JOIN became ON became.id = was.id
    WHERE (was.room, was.author, was.signed_in) IS DISTINCT FROM
          (became.room, became.author, became.signed_in)
       OR became.version IS NULL OR became.version <= position
    ORDER BY 1 DESC
    LIMIT 1;
    IF newest_changed IS NOT NULL THEN
        PERFORM chat.note_removal(newest_changed);
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION chat.count_update() IS
    'Counts a statement that changed messages without giving them a version, and wakes the workers.';

DROP TRIGGER count_updated ON chat.messages;
CREATE TRIGGER count_updated AFTER UPDATE ON chat.messages
    REFERENCING OLD TABLE AS was NEW TABLE AS became
    FOR EACH STATEMENT EXECUTE FUNCTION chat.count_update();
ALTER TABLE chat.messages ENABLE ALWAYS TRIGGER count_updated;
COMMENT ON TRIGGER count_updated ON chat.messages IS 'Gone is gone, from the workers'' memory too.';

CREATE FUNCTION chat.epoch() RETURNS text
LANGUAGE sql STABLE
RETURN left(md5(chat.lineage() || '/' || (SELECT r.epochs FROM chat.removals AS r)::text), 16);
COMMENT ON FUNCTION chat.epoch() IS
    'Another value when what can be read has changed other than by messages and their changes: a '
    'reader who sees it reads again what he shows. Opaque, and the same on every worker.';
GRANT EXECUTE ON FUNCTION chat.epoch() TO chat_worker;
