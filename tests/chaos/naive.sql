-- What chat.append would be if it did as everybody does: make the ids when a message comes, and
-- commit when it happens. Keys still work. `make chaos NAIVE=1` shows what is lost that way.

CREATE OR REPLACE FUNCTION chat.append(
    bodies text[], rooms text[], authors text[], users text[], keys text[], edit_keys bytea[])
RETURNS TABLE (ordinal integer, id uuid, outcome text, body text, version uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    ids uuid[];
BEGIN
    SELECT array_agg((lpad(to_hex(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint),
                           12, '0') || right(replace(random, '-', ''), 20))::uuid ORDER BY n)
    INTO ids
    FROM (SELECT n, gen_random_uuid()::text AS random
          FROM generate_series(1, cardinality(bodies)) AS n OFFSET 0) AS numbered;

    INSERT INTO chat.keys AS known (key, user_name, message_id, digest)
    SELECT DISTINCT ON (new.key, new.user_name)
           new.key, new.user_name, new.id, chat.digest(new.room, new.author, new.body)
    FROM unnest(keys, users, ids, rooms, authors, bodies) WITH ORDINALITY
        AS new (key, user_name, id, room, author, body, n)
    ORDER BY new.key, new.user_name, new.n
    ON CONFLICT (key, user_name) DO UPDATE SET key = excluded.key WHERE false;

    INSERT INTO chat.messages (id, room, author, body, edit_key)
    SELECT new.id, new.room, new.author, new.body, new.edit_key
    FROM unnest(ids, rooms, authors, bodies, users, keys, edit_keys)
        AS new (id, room, author, body, user_name, key, edit_key)
    JOIN chat.keys AS known
        ON known.key = new.key AND known.user_name = new.user_name AND known.message_id = new.id;

    RETURN QUERY
    SELECT new.n::integer, known.message_id,
           CASE WHEN known.message_id = new.id THEN 'stored'
                WHEN now.id IS NULL THEN 'gone'
                ELSE 'repeated' END,
           now.body, now.version
    FROM unnest(ids, users, keys) WITH ORDINALITY AS new (id, user_name, key, n)
    JOIN chat.keys AS known ON known.key = new.key AND known.user_name = new.user_name
    LEFT JOIN chat.messages AS now ON now.id = known.message_id AND NOT now.deleted
    ORDER BY new.n;
    PERFORM pg_notify('chat_messages', '');
END
$$;
