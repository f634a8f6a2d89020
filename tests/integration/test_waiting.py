"""Thousands of polls in two processes, and what they cost."""

import os

import pytest
from client import Client, Polls, held_by, until
from processes import resident_kb, threads

POLLS = 5000
LOOKS = "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE query LIKE '%chat.messages%'"
ROWS = (
    "SELECT coalesce(sum(rows), 0) FROM pg_stat_statements"
    " WHERE query LIKE '%chat.messages WHERE room = $1%'"
)


@pytest.fixture
def stack(make_stack):
    stack = make_stack(postgres_settings=["shared_preload_libraries=pg_stat_statements"])
    stack.postgres.psql("CREATE EXTENSION pg_stat_statements")
    return stack


def test_5000_polls_cost_no_thread_and_no_query_and_one_post_reaches_all(stack):
    workers = stack.workers.pids()
    # One has answered, so it is complete; the other may still be starting.
    until(lambda: len(set(map(threads, workers))) == 1, "both workers are complete")
    threads_before = sum(map(threads, workers))
    memory_before = sum(map(resident_kb, workers))
    polls = Polls.parked(stack, "crowd", POLLS)

    looks = int(stack.postgres.psql(LOOKS))
    until(lambda: int(stack.postgres.psql(LOOKS)) >= looks + 4, "two more looks of each worker")
    # Whatever time that took: the feed looks, the polls do not.
    assert int(stack.postgres.psql(LOOKS)) - looks < POLLS / 10
    assert sum(map(threads, workers)) == threads_before
    per_poll = (sum(map(resident_kb, workers)) - memory_before) / POLLS
    print(f"{per_poll:.2f} KB of worker memory for each poll")
    if "CHAT_SANITIZED" not in os.environ:
        assert per_poll < 3

    Client(stack).say("crowd", "hello, all of you")
    answers = polls.answers()
    assert len(answers) == POLLS
    assert all(b" 200 OK" in a and b"hello, all of you" in a for a in answers)


def test_a_read_costs_the_database_what_it_answers_and_not_what_it_could_have(stack):
    client = Client(stack)
    stored = [client.say("long", "x" * 10_000)["id"] for _ in range(60)]
    stack.workers.restart(0)  # whoever has just started holds nothing in memory
    stack.workers.restart(1)
    # Of how many messages which.
    pages = {
        f"after={stored[0]}": lambda count: stored[1 : 1 + count],
        f"before={stored[-1]}": lambda count: stored[-1 - count : -1],
    }
    for query, page_of in pages.items():
        rows = int(stack.postgres.psql(ROWS))
        answer = client.get(f"room=long&limit=1000&timeout=0&{query}")
        found = [message["id"] for message in answer.json]
        assert 20 < len(found) < 30 and 'rel="next"' in answer.headers["link"]
        assert found == page_of(len(found))
        assert int(stack.postgres.psql(ROWS)) - rows <= len(found) + 2


def test_a_client_that_leaves_while_it_waits_is_noticed(stack):
    before = held_by(stack)
    polls = Polls.parked(stack, "leaving", 200)
    polls.close()
    until(lambda: held_by(stack) <= before + 20, "the workers let go of them")


def test_the_look_each_second_is_enough_without_notifications(stack):
    stack.postgres.psql(
        "CREATE FUNCTION chat.pg_notify(text, text) RETURNS void LANGUAGE sql AS '';"
        "ALTER FUNCTION chat.append(text[], text[], text[], text[])"
        " SET search_path = chat, pg_catalog, pg_temp;"
        "GRANT EXECUTE ON FUNCTION chat.pg_notify(text, text) TO PUBLIC"
    )
    for n in range(3):
        polls = Polls(stack.nginx.port, f"quiet-{n}", 10)
        Client(stack).say(f"quiet-{n}", "psst")
        assert all(b"psst" in answer for answer in polls.answers())
