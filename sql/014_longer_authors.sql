-- An author may have 128 bytes: names that other systems sign people in with are that long.

SET LOCAL ROLE chat_owner;

-- Whatever is stored is shorter than that already, so nothing is read again and nobody waits for it.
ALTER TABLE chat.messages
    DROP CONSTRAINT author_is_valid,
    ADD CONSTRAINT author_is_valid
        CHECK (octet_length(author) BETWEEN 1 AND 128) NOT VALID;
COMMENT ON CONSTRAINT author_is_valid ON chat.messages IS 'The length that the contract gives.';
COMMENT ON COLUMN chat.messages.author IS
    'Who said it: 1 to 128 bytes of UTF-8. NULL when nobody signed.';
