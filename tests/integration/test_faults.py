"""Parts die, stop and come back; clients do not notice."""

import signal
import socket
import threading
import uuid

import pytest
from client import NEWEST, Background, Client, Polls, read_all, until


@pytest.fixture
def stack(make_stack):
    return make_stack()


class Posters:
    """A few clients that post without a pause until they are told to end."""

    def __init__(self, stack, room: str, count: int = 3):
        self.stack, self.room = stack, room
        self.ended = threading.Event()
        self.posted = 0
        self.posters = [Background(self._post, n) for n in range(count)]

    def _post(self, number: int) -> list[dict]:
        client, stored, n = Client(self.stack), [], 0
        while not self.ended.is_set():
            stored.append(client.say(self.room, f"{number}-{n}"))
            n += 1
            self.posted += 1
        return stored

    def wait_for_more(self, count: int) -> None:
        target = self.posted + count
        until(lambda: self.posted >= target or self.dead(), f"{count} more posts")

    def dead(self) -> bool:
        return any(poster.error is not None for poster in self.posters)

    def end(self) -> list[dict]:
        """Everything that was acknowledged. Raises when any client saw an error."""
        self.ended.set()
        return [message for poster in self.posters for message in poster.result()]


def expect_exactly(stack, room: str, acknowledged: list[dict]) -> None:
    """The room holds what was acknowledged, each once, in the order of ids."""
    stored = read_all(Client(stack), room)
    assert [m["id"] for m in stored] == sorted(m["id"] for m in acknowledged)
    assert len({m["body"] for m in stored}) == len(stored)


def test_kill_9_of_a_worker_is_seen_by_nobody(stack):
    polls = Polls.parked(stack, "quiet", 100)
    posters = Posters(stack, "busy")
    for n in range(4):
        posters.wait_for_more(50)
        stack.workers.restart(n % 2, signal.SIGKILL)
    posters.wait_for_more(50)
    expect_exactly(stack, "busy", posters.end())
    message = Client(stack).say("quiet", "still there?")
    assert all(message["id"].encode() in answer for answer in polls.answers())


def test_kill_9_of_a_worker_cuts_no_large_answer(stack):
    client = Client(stack)
    for _ in range(40):  # each an answer of a message is twice that
        client.say("large", '"' * 10_000)
    stopped = threading.Event()
    answers = [0] * 6

    def read_on(number: int) -> None:
        reader = Client(stack)
        while not stopped.is_set():
            answer = reader.get(f"room=large&before={NEWEST}")
            assert answer.status == 200 and len(answer.json) >= 10  # whole, or it is no JSON
            answers[number] += 1

    readers = [Background(read_on, number) for number in range(len(answers))]
    for n in range(20):
        stack.workers.restart(n % 2, signal.SIGKILL)
        # nginx tries five times: no request has to outlive more kills than that.
        seen = list(answers)
        until(
            lambda: all(map(int.__gt__, answers, seen)) or any(r.error for r in readers),
            "an answer to each reader",
        )
    stopped.set()
    for reader in readers:
        reader.result()


def test_workers_that_are_restarted_in_turn_are_seen_by_nobody(stack):
    posters = Posters(stack, "busy")
    for n in range(4):
        posters.wait_for_more(50)
        stack.workers.restart(n % 2)
    posters.wait_for_more(50)
    expect_exactly(stack, "busy", posters.end())


def test_a_worker_that_is_told_to_stop_answers_its_polls_and_exits_with_0(make_stack):
    stack = make_stack(workers=1)
    polls = Polls.parked(stack, "quiet", 50)
    slot = stack.workers.slots[0]
    child = slot.child
    stack.workers.restart(0)
    assert child.process.returncode == 0
    for answer in polls.answers():
        assert b" 200 OK" in answer and answer.endswith(b"[]")


def test_a_reload_of_nginx_is_seen_by_nobody(stack):
    polls = Polls.parked(stack, "quiet", 20)
    posters = Posters(stack, "busy")
    posters.wait_for_more(20)
    stack.nginx.reload()
    posters.wait_for_more(50)
    expect_exactly(stack, "busy", posters.end())
    Client(stack).say("quiet", "hello")
    assert all(b"hello" in answer for answer in polls.answers())


def test_connections_that_postgresql_ends_are_seen_by_nobody(stack):
    polls = Polls.parked(stack, "quiet", 20)
    posters = Posters(stack, "busy")
    for _ in range(3):
        posters.wait_for_more(50)
        stack.postgres.psql(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE usename = 'chat_worker'"
        )
    posters.wait_for_more(50)
    expect_exactly(stack, "busy", posters.end())
    Client(stack).say("quiet", "hello")
    assert all(b"hello" in answer for answer in polls.answers())


def test_after_a_restart_of_postgresql_idle_connections_refuse_nobody(stack):
    message = Client(stack).say("old", "hello")

    def read_many() -> list:
        """At once, so that every reader of every worker has a part in it."""
        readers = [Background(Client(stack).get, "room=old&before=" + NEWEST) for _ in range(40)]
        return [reader.result() for reader in readers]

    assert all(answer.json == [message] for answer in read_many())
    stack.postgres.stop("fast")
    stack.postgres.start()
    assert [answer.status for answer in read_many()] == [200] * 40


def test_while_postgresql_is_away_polls_wait_and_posts_are_told(stack):
    client = Client(stack)
    polls = Polls.parked(stack, "quiet", 50)
    stack.postgres.stop("fast")
    key = uuid.uuid4().hex
    refused = client.post({"body": "now?", "room": "posts"}, Idempotency_Key=key)
    assert refused.status == 503 and int(refused.headers["retry-after"]) > 0
    assert list(refused.json) == ["error"]
    # One that has never seen the database takes over, polls and all.
    stack.workers.restart(0, signal.SIGKILL)
    for _ in range(4):
        assert client.request("GET", "/healthz").status == 503
    assert client.get("room=quiet&timeout=0").status == 503
    newcomers = Polls(stack.nginx.port, "quiet", 5)

    stack.postgres.start()
    until(lambda: client.request("GET", "/healthz").status == 200, "healthy again")
    # That was one worker; another may find the database a moment later.
    first = client.insist("posts", "now?", key)
    assert client.insist("posts", "now?", key) == first
    assert read_all(client, "posts") == [first]
    message = client.insist("quiet", "back again", uuid.uuid4().hex)
    answers = polls.answers() + newcomers.answers()
    assert all(message["id"].encode() in answer for answer in answers)


def test_a_listening_socket_that_becomes_blocking_stops_no_worker(make_stack):
    """systemd clears O_NONBLOCK whenever it starts an instance, and all who share the socket share
    the flag. A connection wakes every worker, and only one gets it."""
    stack = make_stack(workers=4)
    for _ in range(50):
        stack.workers._listener.setblocking(True)
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            connection.connect(str(stack.workers.socket_path))
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(1) == b""  # whoever got it is done, the others have tried
    # A worker that waits for a connection inside of accept hears no signal either.
    for index in range(4):
        stack.workers.restart(index)
