-- The schema that everything else lives in. Who owns and who uses it is made by roles.sql, who may
-- connect by database.sql.

CREATE SCHEMA chat AUTHORIZATION chat_owner;

SET LOCAL ROLE chat_owner;

-- Functions are open to everybody unless this is said, also those of later migrations.
ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM PUBLIC;

COMMENT ON SCHEMA chat IS 'The messages of the chat and what it takes to put them in one order.';
GRANT USAGE ON SCHEMA chat TO chat_worker;

CREATE TABLE chat.schema_migrations (
    version integer PRIMARY KEY,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE chat.schema_migrations IS
    'The migrations that this database has seen. Written by sql/migrate alone.';
COMMENT ON COLUMN chat.schema_migrations.version IS 'The number that begins the file''s name.';
COMMENT ON COLUMN chat.schema_migrations.name IS 'The rest of the file''s name, without .sql.';
COMMENT ON COLUMN chat.schema_migrations.applied_at IS 'When its transaction began.';
