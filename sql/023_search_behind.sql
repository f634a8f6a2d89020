-- How far the search index is behind, for the metrics and for the doctor.

SET LOCAL ROLE chat_owner;

CREATE FUNCTION chat.search_behind() RETURNS interval
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
SET enable_seqscan = off
AS $$
DECLARE
    progress CONSTANT uuid := (SELECT p.position FROM chat.search_progress AS p);
    -- What is next to go into the index: said, or changed.
    next CONSTANT uuid := least(
        (SELECT m.id FROM chat.messages AS m
         WHERE m.id > progress AND m.version IS NULL ORDER BY m.id LIMIT 1),
        (SELECT m.version FROM chat.messages AS m
         WHERE m.version > progress ORDER BY m.version LIMIT 1));
BEGIN
    RETURN CASE WHEN next IS NULL THEN interval '0'
                ELSE greatest(interval '0', clock_timestamp() - chat.created_at(next)) END;
END
$$;
COMMENT ON FUNCTION chat.search_behind() IS
    'For how long the oldest message or change that is not in the search index has been waiting.';
GRANT EXECUTE ON FUNCTION chat.search_behind() TO chat_worker;
