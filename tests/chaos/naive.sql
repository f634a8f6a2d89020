-- What chat.append would be if it did as everybody does: make the ids when a message comes, and
-- commit when it happens. Keys still work. `make chaos NAIVE=1` shows what is lost that way.

CREATE OR REPLACE FUNCTION chat.append(bodies text[], rooms text[], authors text[], keys text[])
RETURNS TABLE (ordinal integer, id uuid, outcome text)
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

    INSERT INTO chat.idempotency_keys AS known (key, message_id)
    SELECT DISTINCT ON (new.key) new.key, new.id
    FROM unnest(keys, ids) WITH ORDINALITY AS new (key, id, n)
    ORDER BY new.key, new.n
    ON CONFLICT (key) DO UPDATE SET key = excluded.key WHERE false;

    INSERT INTO chat.messages (id, room, author, body)
    SELECT new.id, new.room, new.author, new.body
    FROM unnest(ids, rooms, authors, bodies, keys) AS new (id, room, author, body, key)
    JOIN chat.idempotency_keys AS known ON known.key = new.key AND known.message_id = new.id;

    RETURN QUERY
    SELECT new.n::integer, known.message_id,
           CASE WHEN known.message_id = new.id THEN 'stored' ELSE 'repeated' END
    FROM unnest(ids, keys) WITH ORDINALITY AS new (id, key, n)
    JOIN chat.idempotency_keys AS known ON known.key = new.key
    ORDER BY new.n;
    PERFORM pg_notify('chat_messages', '');
END
$$;
