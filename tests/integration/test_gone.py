"""What is gone from the database is gone from every answer, and new messages still arrive."""

import shutil

import pytest
from client import NEWEST, Background, Client, Polls, read_all, until

ASKED = 20  # often enough to reach every worker


def shown_by_all(client: Client, query: str) -> list | None:
    """The bodies that every worker answers; None while they differ."""
    answers = []
    for _ in range(ASKED):
        answer = client.get(f"room=den&{query}")
        assert answer.status == 200, answer
        answers.append([message["body"] for message in answer.json])
    return answers[0] if all(answer == answers[0] for answer in answers) else None


def expect_everywhere(client: Client, bodies: list[str]) -> None:
    for query in ("timeout=0", f"before={NEWEST}"):
        until(lambda query=query: shown_by_all(client, query) == bodies, f"{query}: {bodies}")


@pytest.fixture
def den(make_stack):
    """A room with three messages that every worker has in memory."""
    stack = make_stack()
    client = Client(stack)
    for body in ("first", "second", "third"):
        client.say("den", body)
    expect_everywhere(client, ["first", "second", "third"])
    return stack


@pytest.mark.parametrize(
    "statement, left",
    [
        ("DELETE FROM chat.messages WHERE body = 'second'", ["first", "third"]),
        ("DELETE FROM chat.messages WHERE body = 'third'", ["first", "second"]),
        ("UPDATE chat.messages SET body = '2' WHERE body = 'second'", ["first", "2", "third"]),
        ("TRUNCATE chat.messages", []),
        ("SELECT chat.retain('2 days')", ["third"]),
        (
            "SET session_replication_role = replica;"
            " DELETE FROM chat.messages WHERE body = 'second'",
            ["first", "third"],
        ),
    ],
)
def test_what_is_removed_is_no_longer_served(den, statement, left):
    client = Client(den)
    cursor = client.get("room=den&timeout=0").json[0]["id"]
    if "retain" in statement:
        den.postgres.psql(
            "UPDATE chat.messages SET id = overlay(id::text placing '0123' from 1 for 4)::uuid"
            " WHERE body <> 'third'"
        )
    polls = Polls.parked(den, "den2", 4)
    den.postgres.psql(statement)
    expect_everywhere(client, left)
    # A client that is further on than what was removed goes on from there, too.
    after_first = [body for body in left if body != "first"]
    until(lambda: shown_by_all(client, f"timeout=0&after={cursor}") == after_first, "the rest")
    # And who waits, waits on.
    said = client.say("den2", "hello")
    assert all(said["id"].encode() in answer for answer in polls.answers())
    fourth = client.say("den", "fourth")
    assert read_all(client, "den")[-1] == fourth


def epoch_everywhere(client: Client) -> str | None:
    """What readers are told by every worker, or None while they are not told the same."""
    answers = [client.get(f"room=den&before={NEWEST}") for _ in range(ASKED)]
    epochs = {answer.headers["chat-epoch"] for answer in answers}
    return epochs.pop() if len(epochs) == 1 else None


def test_a_database_that_was_put_back_shows_what_it_holds_now(den):
    """The whole cluster as it was before: same timeline, older rows, an older position."""
    client = Client(den)
    postgres = den.postgres
    copy = postgres.data.with_name("copy")
    postgres.stop()
    shutil.copytree(postgres.data, copy, symlinks=True)
    if postgres.user:
        for path in (copy, *copy.rglob("*")):
            shutil.chown(path, postgres.user)
    postgres.start()
    client.insist("den", "lost", "key-of-lost")
    expect_everywhere(client, ["first", "second", "third", "lost"])
    lost = client.get(f"room=den&before={NEWEST}&limit=1").json[0]["id"]
    waiting = Background(client.get, f"room=den&after={lost}&timeout=55")
    epoch = epoch_everywhere(client)

    postgres.stop("immediate")
    shutil.rmtree(postgres.data)
    copy.rename(postgres.data)
    postgres.start()

    until(lambda: client.request("GET", "/healthz").status == 200, "healthy again")

    def without_the_lost() -> bool:
        answers = [client.get(f"room=den&before={NEWEST}") for _ in range(ASKED)]
        return all(
            a.status == 200 and [m["body"] for m in a.json] == ["first", "second", "third"]
            for a in answers
        )

    until(without_the_lost, "what was lost is not served")
    until(lambda: epoch_everywhere(client) not in (None, epoch), "all are told of another epoch")
    said = client.insist("den", "after the restore", "key-after")
    assert waiting.result().json == [said]
    assert [m["body"] for m in read_all(client, "den")] == [
        "first",
        "second",
        "third",
        "after the restore",
    ]


def test_a_post_whose_message_was_deleted_says_so_and_stores_nothing(den):
    client = Client(den)
    said = client.post({"room": "den", "body": "regrets"}, Idempotency_Key="k")
    assert said.status == 200
    den.postgres.psql("DELETE FROM chat.messages WHERE body = 'regrets'")
    for _ in range(ASKED):
        answer = client.post({"room": "den", "body": "regrets"}, Idempotency_Key="k")
        assert answer.status == 410
        assert list(answer.json) == ["error"] and "deleted" in answer.json["error"]
    # Another message under the same key is still another message.
    other = client.post({"room": "den", "body": "other"}, Idempotency_Key="k")
    assert other.status == 422 and "another message" in other.json["error"]
    expect_everywhere(client, ["first", "second", "third"])
