-- The rooms that there are: GET /rooms steps from one to the next down the index of pages
-- (messages_room_id), so that no POST pays for the list. A room whose messages are all gone is not
-- found there: what goes leaves its room's name behind.

SET LOCAL ROLE chat_owner;

CREATE TABLE chat.rooms (
    room text COLLATE "C" PRIMARY KEY
);
COMMENT ON TABLE chat.rooms IS
    'Rooms of which messages went: they may hold none any more, and were used all the same.';
COMMENT ON COLUMN chat.rooms.room IS 'The name.';
GRANT SELECT ON chat.rooms TO chat_worker;

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
        INSERT INTO chat.rooms (room)
        SELECT DISTINCT g.room FROM gone AS g
        WHERE NOT EXISTS (SELECT FROM chat.rooms AS r WHERE r.room = g.room)
        ON CONFLICT DO NOTHING;
    END IF;
    IF newest_gone IS NOT NULL THEN
        PERFORM chat.note_removal(newest_gone);
    END IF;
    RETURN NULL;
END
$$;
