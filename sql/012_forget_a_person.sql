-- All that somebody wrote goes, when he asks for it.

SET LOCAL ROLE chat_owner;

-- No index finds an author, and one for this alone would cost every POST. So the whole table is
-- walked, but in bites: none holds a lock, a snapshot or vacuum back for longer than its few
-- milliseconds, and nobody waits. A procedure, because a function cannot commit in between; it runs
-- as its caller for the same reason.
CREATE PROCEDURE chat.forget_person(
    author text, INOUT gone bigint DEFAULT 0, rows_at_once integer DEFAULT 10000)
LANGUAGE plpgsql
AS $$
#variable_conflict use_column
DECLARE
    person CONSTANT text := forget_person.author;
    bite CONSTANT integer := forget_person.rows_at_once;
    cursor_id uuid := '00000000-0000-0000-0000-000000000000';
    next_id uuid;
    of_bite bigint;
    total bigint := 0;
BEGIN
    IF person IS NULL OR person = '' THEN
        RAISE EXCEPTION 'chat.forget_person: say whose messages; those without an author stay'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF bite IS NULL OR bite < 1 THEN
        RAISE EXCEPTION 'chat.forget_person: rows_at_once must be at least 1, not %',
            coalesce(bite::text, 'null')
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    LOOP
        -- Where the bite ends; past the last message there is none, and none can be added behind us.
        SELECT walked.id INTO next_id
        FROM (SELECT m.id FROM chat.messages AS m WHERE m.id > cursor_id ORDER BY m.id LIMIT bite)
            AS walked
        ORDER BY walked.id DESC
        LIMIT 1;
        EXIT WHEN next_id IS NULL;
        DELETE FROM chat.messages AS m
        WHERE m.id > cursor_id AND m.id <= next_id AND m.author = person;
        GET DIAGNOSTICS of_bite = ROW_COUNT;
        total := total + of_bite;
        cursor_id := next_id;
        COMMIT;
    END LOOP;
    forget_person.gone := total;
END
$$;
COMMENT ON PROCEDURE chat.forget_person(text, bigint, integer) IS
    'CALL chat.forget_person(''ann''): destroys all messages of that author, rows_at_once rows of '
    'the table in a transaction, and returns how many. Run it again, or after it was interrupted, '
    'as you like.';
