-- A word that is common may occur nowhere before some moment. Walking back from there met every
-- older message and found nothing; now it stops, and the index answers.

SET LOCAL ROLE chat_owner;

DROP FUNCTION chat.search_common(text[], text[], uuid, integer);
CREATE FUNCTION chat.search_common(
    tokens text[], any_room text[], before uuid, at_most integer, walked integer)
RETURNS SETOF uuid
LANGUAGE sql STABLE
SET enable_bitmapscan = off
SET enable_sort = off
BEGIN ATOMIC
    SELECT s.message_id
    FROM (SELECT i.message_id, i.tokens FROM chat.search_index AS i
          WHERE i.message_id < before
          ORDER BY i.message_id DESC LIMIT walked) AS s
    WHERE s.tokens @> search_common.tokens
      AND (any_room IS NULL OR s.tokens && any_room)
    ORDER BY s.message_id DESC LIMIT at_most;
END;
COMMENT ON FUNCTION chat.search_common(text[], text[], uuid, integer, integer) IS
    'chat.search where many messages have the words, among so many before that one.';

CREATE OR REPLACE FUNCTION chat.search(
    tokens text[], any_room text[], before uuid, at_most integer)
RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
SET enable_seqscan = off
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_variable
DECLARE
    many CONSTANT integer := 5000;
    -- Some 30 ms; a word of which not even so many messages hold a page is not common there.
    walked CONSTANT integer := 100000;
    found uuid[];
BEGIN
    IF (SELECT count(*) FROM (
            SELECT FROM chat.search_index AS s
            WHERE s.tokens @> tokens AND (any_room IS NULL OR s.tokens && any_room)
            LIMIT many + 1) AS found) > many THEN
        found := ARRAY(SELECT chat.search_common(tokens, any_room, before, at_most, walked));
        IF cardinality(found) = at_most
            OR NOT EXISTS (SELECT FROM chat.search_index AS s
                           WHERE s.message_id < before
                           ORDER BY s.message_id DESC OFFSET walked LIMIT 1) THEN
            RETURN QUERY SELECT unnest(found);
            RETURN;
        END IF;
    END IF;
    RETURN QUERY
    WITH hit AS MATERIALIZED (
        SELECT s.message_id FROM chat.search_index AS s
        WHERE s.tokens @> tokens AND (any_room IS NULL OR s.tokens && any_room))
    SELECT hit.message_id FROM hit
    WHERE hit.message_id < before ORDER BY hit.message_id DESC LIMIT at_most;
END
$$;
