"""What takes messages and keys away: on request, and with age while the clock is right."""

import time

import pytest
from client import Background, until
from database import age_of_keys, age_of_messages, append, bodies, message, query
from psycopg2 import errors

DAY_MS = 24 * 3600 * 1000


def clock_was_seen(postgres, days_ago: float) -> None:
    """As if the clock had been somewhere else when housekeeping last looked at it."""
    then = int(time.time() * 1000 - days_ago * DAY_MS)
    postgres.psql(f"SELECT setval('chat.clock_seen', {then}), setval('chat.clock_stepped', 0)")


@pytest.fixture
def old_things(connect, postgres):
    """A message and a key that housekeeping would take, and the clock as it was a moment ago."""
    worker = connect()
    append(worker, message("old", key="old"))
    age_of_messages(postgres, "3 days")
    age_of_keys(postgres, "3 days")
    append(worker, message("young", key="young"))
    clock_was_seen(postgres, 0)
    return worker, connect("postgres")


def test_with_a_clock_that_is_right_old_things_go(old_things):
    worker, operator = old_things
    assert query(operator, "SELECT chat.retain('2 days')") == [(1,)]
    assert query(worker, "SELECT chat.forget_keys()") == [(1,)]


@pytest.mark.parametrize("days", [365, -365, 1.1])
def test_a_clock_that_has_stepped_is_not_believed_for_a_day(old_things, postgres, days):
    worker, operator = old_things
    clock_was_seen(postgres, days)
    for _ in range(3):
        with pytest.raises(errors.ObjectNotInPrerequisiteState, match="the clock stepped"):
            query(operator, "SELECT chat.retain('2 days')")
        assert query(worker, "SELECT chat.forget_keys()") == [(0,)]
    assert bodies(worker) == ["old", "young"]
    # A day later, by the same clock.
    yesterday = int(time.time() * 1000 - 1.01 * DAY_MS)
    postgres.psql(f"SELECT setval('chat.clock_stepped', {yesterday})")
    assert query(operator, "SELECT chat.retain('2 days')") == [(1,)]
    assert query(worker, "SELECT chat.forget_keys()") == [(1,)]


def test_ids_that_are_days_ahead_of_the_clock_stop_it(old_things, postgres):
    worker, operator = old_things
    ahead = int(time.time() * 1000 + 365 * DAY_MS) << 16
    postgres.psql(f"SELECT setval('chat.last_position', {ahead})")
    with pytest.raises(errors.ObjectNotInPrerequisiteState, match="36[45] days ahead of the clock"):
        query(operator, "SELECT chat.retain('2 days')")
    assert query(worker, "SELECT chat.forget_keys()") == [(0,)]
    assert query(operator, "SELECT chat.retain('2 days', force => true)") == [(1,)]
    assert query(worker, "SELECT chat.forget_keys(force => true)") == [(1,)]


def test_a_worker_may_not_ask_for_doubts(connect):
    with pytest.raises(errors.InsufficientPrivilege):
        query(connect(), "SELECT chat.doubt_about_clock()")


# Somebody's messages


def forget(connection, author, rows_at_once=10000):
    return query(connection, "CALL chat.forget_person(%s, 0, %s)", author, rows_at_once)


def test_all_that_somebody_wrote_goes_and_nothing_else(connect):
    worker, operator = connect(), connect("postgres")
    said = [(f"{n}", f"room-{n % 3}", ["ann", "bob", None, "Ann"][n % 4]) for n in range(40)]
    append(worker, *[message(*each) for each in said])
    counted = query(operator, "SELECT count, epochs FROM chat.removals")
    query(
        worker,
        "SELECT FROM chat.append(ARRAY['signed in'], ARRAY['den'], ARRAY['ann'], ARRAY['ann'],"
        " ARRAY['key'], ARRAY[NULL::bytea])",
    )
    assert forget(operator, "ann", rows_at_once=3) == [(11,)]
    left = "SELECT body FROM chat.messages WHERE NOT deleted ORDER BY id"
    assert query(worker, left) == [(body,) for body, _, author in said if author != "ann"]
    wiped = "SELECT DISTINCT body, author, signed_in, edit_key FROM chat.messages WHERE deleted"
    assert query(worker, wiped) == [("", None, False, None)]
    assert query(operator, "SELECT key FROM chat.keys WHERE user_name = 'ann'") == []
    # As changes: who reads on learns of them, and need not begin again.
    assert query(operator, "SELECT count, epochs FROM chat.removals") == counted
    assert forget(operator, "ann") == [(0,)]


def test_nobody_waits_while_somebody_is_forgotten(connect):
    """Each bite is a transaction, and waits for no row while it has the lock of all who write."""
    worker, operator, other = connect(), connect("postgres"), connect("postgres")
    append(worker, *[message(f"{n}", author="ann") for n in range(10)])
    other.autocommit = False
    query(other, "SELECT FROM chat.messages WHERE body = '6' FOR UPDATE")
    forgetting = Background(forget, operator, "ann", 2)
    left = "SELECT body FROM chat.messages WHERE NOT deleted ORDER BY id"
    until(
        lambda: query(worker, left) == [(body,) for body in "689"],
        "it waits for one row alone",
    )
    append(worker, message("meanwhile", author="ann"), message("of bob", author="bob"))
    other.rollback()
    assert forgetting.result() == [(11,)]
    assert query(worker, left) == [("of bob",)]


@pytest.mark.parametrize("author, rows", [(None, 10), ("", 10), ("ann", 0), ("ann", None)])
def test_it_says_what_it_needs(connect, author, rows):
    with pytest.raises(errors.InvalidParameterValue, match="chat.forget_person: "):
        forget(connect("postgres"), author, rows)


def test_a_worker_may_not_forget_anybody(connect):
    append(connect(), message("stays", author="ann"))
    with pytest.raises(errors.InsufficientPrivilege):
        forget(connect(), "ann")
    assert bodies(connect()) == ["stays"]
