-- A worker that is asked to check itself (chat-worker --check) compares its own version with the
-- database's.

SET LOCAL ROLE chat_owner;

GRANT SELECT (version) ON chat.schema_migrations TO chat_worker;
