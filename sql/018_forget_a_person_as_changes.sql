-- What somebody wrote goes as if he had deleted it: readers learn of it, and the others' messages
-- keep their places.

SET LOCAL ROLE chat_owner;

-- No index finds an author, and one for this alone would cost every POST. So the whole table is
-- walked, but in bites, which hold nobody back: what is found is wiped as chat.change does it, a few
-- hundred messages in a turn. A procedure, because a function cannot commit in between; it runs as
-- its caller for the same reason.
CREATE OR REPLACE PROCEDURE chat.forget_person(
    author text, INOUT gone bigint DEFAULT 0, rows_at_once integer DEFAULT 10000)
LANGUAGE plpgsql
AS $$
#variable_conflict use_column
DECLARE
    person CONSTANT text := forget_person.author;
    bite CONSTANT integer := forget_person.rows_at_once;
    messages_of_a_turn CONSTANT integer := 500;
    keys_of_a_bite CONSTANT integer := 1000;
    patience CONSTANT interval := '30 s';
    cursor_id uuid := '00000000-0000-0000-0000-000000000000';
    next_id uuid;
    found_ids uuid[];
    held_since timestamptz;
    turn record;
    of_turn bigint;
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
    -- What he was about to say is not said.
    DELETE FROM chat.handed_over AS h WHERE h.author = person;
    COMMIT;
    LOOP
        -- Where the bite ends; past the last message there is none, and none can be added behind us.
        SELECT walked.id INTO next_id
        FROM (SELECT m.id FROM chat.messages AS m WHERE m.id > cursor_id ORDER BY m.id LIMIT bite)
            AS walked
        ORDER BY walked.id DESC
        LIMIT 1;
        EXIT WHEN next_id IS NULL;
        LOOP
            SELECT array_agg(found.id) INTO found_ids
            FROM (SELECT m.id FROM chat.messages AS m
                  WHERE m.id > cursor_id AND m.id <= next_id AND m.author = person
                  ORDER BY m.id) AS found;
            EXIT WHEN found_ids IS NULL;
            turn := chat.take_turn();
            -- Who holds a row holds nobody back: the others go, and his when he lets go.
            UPDATE chat.messages AS m
            SET body = '', author = NULL, signed_in = false, edit_key = NULL, deleted = true,
                version = chat.id_at(turn.newest + chosen.n)
            FROM (SELECT free.id, row_number() OVER (ORDER BY free.id) AS n
                  FROM (SELECT candidate.id FROM chat.messages AS candidate
                        WHERE candidate.id = ANY (found_ids) AND candidate.author = person
                        ORDER BY candidate.id
                        LIMIT messages_of_a_turn
                        FOR UPDATE SKIP LOCKED) AS free) AS chosen
            WHERE m.id = chosen.id;
            GET DIAGNOSTICS of_turn = ROW_COUNT;
            total := total + of_turn;
            IF of_turn > 0 THEN
                PERFORM chat.end_turn(
                    turn.newest + of_turn, turn.timeline, turn.seen_timeline);
            END IF;
            COMMIT;
            IF of_turn > 0 THEN
                held_since := NULL;
            ELSIF held_since IS NULL THEN
                held_since := clock_timestamp();
            ELSIF clock_timestamp() - held_since > patience THEN
                RAISE EXCEPTION 'chat.forget_person: % messages are gone, but another transaction '
                    'holds % of the next ones; end it, and call this again',
                    total, cardinality(found_ids)
                    USING ERRCODE = 'lock_not_available';
            ELSE
                PERFORM pg_sleep(0.1);
            END IF;
        END LOOP;
        cursor_id := next_id;
        COMMIT;
    END LOOP;
    -- The name stands beside the keys of the last days, too.
    LOOP
        DELETE FROM chat.keys AS k
        WHERE k.ctid = ANY (ARRAY(
            SELECT candidate.ctid FROM chat.keys AS candidate
            WHERE candidate.user_name = person
            LIMIT keys_of_a_bite
            FOR UPDATE SKIP LOCKED));
        EXIT WHEN NOT FOUND;
        COMMIT;
    END LOOP;
    forget_person.gone := total;
END
$$;
COMMENT ON PROCEDURE chat.forget_person(text, bigint, integer) IS
    'CALL chat.forget_person(''ann''): deletes all messages of that author, name and text, and '
    'returns how many. Readers are told as of any deletion. rows_at_once: how many rows of the table '
    'are looked through in a transaction. Run it again, or after it was interrupted, as you like.';
