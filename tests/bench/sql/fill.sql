-- 100,000 messages of about 100 bytes in one room, stored as workers store them.
SELECT count(*)
FROM generate_series(1, 200) AS batch,
     LATERAL (SELECT array_agg(lpad(batch || '.' || n, 100, 'A sentence of the usual length. ')) AS bodies,
                     array_agg('bench'::text) AS rooms,
                     array_agg('somebody'::text) AS authors,
                     array_agg(batch || '.' || n) AS keys
              FROM generate_series(1, 500) AS n) AS batches,
     LATERAL chat.append(bodies, rooms, authors, keys);
