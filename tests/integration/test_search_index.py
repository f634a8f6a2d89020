"""chat.search_index, as it is filled while messages are changed and removed in the same moment."""

import pytest
from database import append, message, query

FIND = "SELECT begins_after, found_at, id::text FROM chat.find_unindexed(100)"
FIND_CHANGED = "SELECT ordinal, id::text, body, deleted FROM chat.find_changed_by_hand(100)"


@pytest.fixture
def worker(connect):
    """The one that fills the index; so far, everything is in it."""
    connection = connect()
    assert query(connection, "SELECT chat.take_search_turn()") == [(True,)]
    index(connection, query(connection, FIND))
    return connection


def index(connection, found, token: str = "old"):
    """Puts what was found into the index, all of it by one word."""
    if not found:
        return
    ids = [message_id for _, _, message_id in found]
    query(
        connection,
        "SELECT chat.index_messages(%s, %s, %s::uuid[], %s)",
        found[0][0],
        found[-1][1],
        ids,
        [f"{{{token}}}"] * len(ids),
    )


def index_again(connection, found):
    """The same for what was changed by hand, by the word that is its text."""
    assert query(
        connection,
        "SELECT chat.index_again(%s::bigint[], %s::uuid[], %s::text[])",
        [ordinal for ordinal, _, _, _ in found],
        [message_id for _, message_id, _, _ in found],
        [None if deleted else f"{{{body}}}" for _, _, body, deleted in found],
    ) == [(True,)]


def indexed(postgres) -> list[str]:
    return postgres.psql("SELECT tokens FROM chat.search_index ORDER BY tokens").splitlines()


@pytest.mark.parametrize(
    "statement, text, left",
    [
        ("DELETE FROM chat.messages", "", []),
        ("UPDATE chat.messages SET body = 'new'", "new", ["{new}"]),
    ],
)
def test_what_happens_by_hand_while_words_go_into_the_index_is_noted(
    postgres, connect, worker, statement, text, left
):
    append(worker, message("old"))
    found = query(worker, FIND)
    hand = connect("postgres")
    hand.autocommit = False
    query(hand, statement)
    index(worker, found)
    hand.commit()
    assert indexed(postgres) == ["{old}"]
    again = query(worker, FIND_CHANGED)
    assert [row[1:] for row in again] == [(found[0][2], text, text == "")]
    index_again(worker, again)
    assert indexed(postgres) == left and query(worker, FIND_CHANGED) == []


@pytest.mark.parametrize(
    "statement, left",
    [
        ("DELETE FROM chat.messages", []),
        ("UPDATE chat.messages SET body = 'newest'", ["{newest}"]),
    ],
)
def test_what_happens_by_hand_while_it_is_indexed_again_stays_noted(
    postgres, connect, worker, statement, left
):
    append(worker, message("old"))
    index(worker, query(worker, FIND))
    postgres.psql("UPDATE chat.messages SET body = 'new'")
    assert indexed(postgres) == []
    found = query(worker, FIND_CHANGED)
    hand = connect("postgres")
    hand.autocommit = False
    query(hand, statement)
    index_again(worker, found)
    hand.commit()
    assert indexed(postgres) == ["{new}"]
    index_again(worker, query(worker, FIND_CHANGED))
    assert indexed(postgres) == left and query(worker, FIND_CHANGED) == []


def test_a_message_that_was_changed_often_is_looked_at_once(postgres, worker):
    append(worker, message("one"), message("two"))
    index(worker, query(worker, FIND))
    for n in range(3):
        postgres.psql(f"UPDATE chat.messages SET body = body || '{n}' WHERE body LIKE 'one%'")
    found = query(worker, FIND_CHANGED)
    assert [(body, deleted) for _, _, body, deleted in found] == [("one012", False)]
    index_again(worker, found)
    assert indexed(postgres) == ["{old}", "{one012}"]
    assert postgres.psql("SELECT count(*) FROM chat.search_again") == "0"


def test_what_the_chat_changes_itself_is_not_looked_at_twice(postgres, worker):
    [(_, message_id, _)] = append(worker, message("old"))
    index(worker, query(worker, FIND))
    postgres.psql(f"SELECT chat.edit('{message_id}', 'new')")
    query(worker, "SELECT chat.do_what_was_handed_over()")
    assert [row[2] for row in query(worker, FIND)] == [message_id]
    assert query(worker, FIND_CHANGED) == []


def test_what_is_removed_where_nobody_fills_the_index_is_not_noted(postgres, connect):
    append(connect(), message("old"))
    postgres.psql("DELETE FROM chat.messages")
    assert postgres.psql("SELECT count(*) FROM chat.search_again") == "0"


def test_what_is_removed_with_all_the_rest_is_no_longer_noted(postgres, worker):
    append(worker, message("old"))
    postgres.psql("UPDATE chat.messages SET body = 'new'; TRUNCATE chat.messages")
    assert query(worker, FIND_CHANGED) == []


def test_a_common_word_is_found_where_it_is_rare_as_well(postgres, connect):
    """The newest 5,001 messages have it, and the oldest of all; the 100,001 in between do not."""
    worker = connect()
    of_number = "lpad(to_hex(n), 32, '0')::uuid"
    postgres.psql(
        f"""
        TRUNCATE chat.search_index;
        INSERT INTO chat.search_index (message_id, tokens)
        SELECT {of_number},
            CASE WHEN n = 1 OR n > 100002 THEN '{{tea}}'::text[] ELSE '{{milk}}' END
        FROM generate_series(1, 105003) AS n;
        """
    )

    def found(before: int, sql="chat.search('{tea}', NULL, %s::uuid, 3)") -> list[int]:
        rows = query(worker, f"SELECT {sql}::text", f"{before:032x}")
        return [int(message_id.replace("-", ""), 16) for message_id, in rows]

    assert found(200_000) == [105_003, 105_002, 105_001]
    assert found(100_005) == [100_004, 100_003, 1]
    assert found(100_003) == [1]
    assert found(1) == []
    # Who walks back stops somewhere.
    walk = "chat.search_common('{{tea}}', NULL, '{:032x}', 3, {})"
    psql = postgres.psql
    assert psql(f"SELECT count(*) FROM {walk.format(100_003, 1000)}") == "0"
    assert psql(f"SELECT count(*) FROM {walk.format(100_003, 200_000)}") == "1"
    psql("TRUNCATE chat.search_index")
