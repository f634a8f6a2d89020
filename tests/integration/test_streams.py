"""GET /messages as a stream of events, through nginx: what is told, and where one goes on."""

import json
import re
import signal
import subprocess
import uuid

import pytest
from client import NEWEST, Background, Client, EventStream, until

NIL = "00000000-0000-0000-0000-000000000000"
SECRET = {"Chat_Edit_Key": "s" * 22}


@pytest.fixture
def client(stack):
    return Client(stack)


@pytest.fixture
def room():
    """A room that nobody else talks in."""
    return f"r{uuid.uuid4().hex}"


@pytest.fixture
def open_stream(stack):
    opened = []

    def open_one(query: str = "", of=stack, **headers) -> EventStream:
        opened.append(EventStream(of, query, **headers))
        return opened[-1]

    yield open_one
    for stream in opened:
        stream.close()


def edit(client: Client, message_id: str, body: str) -> dict:
    headers = {"Content-Type": "application/json", "Chat-Edit-Key": "s" * 22}
    answer = client.request(
        "PATCH", f"/messages/{message_id}", body=json.dumps({"body": body}), headers=headers
    )
    assert answer.status == 200, answer
    return answer.json


def metric(stack, name: str) -> int:
    text = Client(stack).request("GET", "/metrics").text.decode()
    return sum(int(n) for n in re.findall(rf"^{name}(?:{{.*}})? (\d+)$", text, re.M))


# What is told


def test_a_stream_brings_what_the_polls_would_have_brought(open_stream, client, room):
    said = [client.say(room, "one\ntwo ☕\r\n"), client.say(room, "")]
    stream = open_stream(f"room={room}")
    assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream")
    assert stream.headers["cache-control"] == "no-store"
    [retry] = stream.block()
    assert 500 <= int(retry.removeprefix("retry: ")) <= 3000
    cursor = stream.cursor()
    assert cursor == {"after": NIL, "epoch": client.get().headers["chat-epoch"]}
    assert [stream.event() for _ in said] == [("message", m["id"], m) for m in said]
    later = client.say(room, "later")
    assert stream.event() == ("message", later["id"], later)


def test_curl_reads_a_stream(stack, client, room):
    said = client.say(room, "hello")
    command = ["curl", "-sN", "-H", "Accept: text/event-stream"]
    url = f"http://127.0.0.1:{stack.nginx.port}/messages?room={room}"
    with subprocess.Popen([*command, url], stdout=subprocess.PIPE, text=True) as curl:
        lines = iter(curl.stdout.readline, "")
        data = [line for _, line in zip(range(8), lines) if line.startswith("data: ")]
        curl.kill()
    assert json.loads(data[-1].removeprefix("data: ")) == said


def test_who_knows_that_messages_change_is_told_and_nobody_else(open_stream, client, room):
    plain = open_stream(f"room={room}")
    changes = open_stream(f"room={room}&changes=1")
    said = client.say(room, "helo", **SECRET)
    assert plain.messages(1) == changes.messages(1) == [said]
    edited = edit(client, said["id"], "hello")
    assert changes.event() == ("message", edited["version"], edited)
    client.request("DELETE", f"/messages/{said['id']}", headers={"Chat-Edit-Key": "s" * 22})
    kind, event_id, deleted = changes.event()
    assert (kind, event_id, deleted["body"]) == ("message", deleted["version"], "")
    assert "deleted_at" in deleted
    after = client.say(room, "after")
    assert plain.messages(1) == [after]


def test_after_now_begins_at_the_present(open_stream, client, room):
    before = client.say(room, "before")
    stream = open_stream(f"room={room}&after=now")
    assert stream.cursor()["after"] > before["id"]
    said = client.say(room, "after")
    assert stream.event() == ("message", said["id"], said)


def test_all_rooms_and_a_new_one_are_in_one_stream(open_stream, client, room):
    stream = open_stream("room=*&after=now")
    stream.cursor()
    said = [client.say(f"{room}-{n}", "x") for n in range(3)]
    found = []
    while len(found) < 3:
        found += [m for m in stream.messages(1) if m["room"].startswith(room)]
    assert found == said


# Where one goes on


def test_the_last_event_id_wins_over_after(open_stream, client, room):
    one, two = client.say(room, "one"), client.say(room, "two")
    stream = open_stream(f"room={room}&after={NEWEST}", Last_Event_ID=one["id"])
    assert stream.cursor()["after"] == one["id"]
    assert stream.event() == ("message", two["id"], two)
    now = open_stream(f"room={room}&after=now", Last_Event_ID=one["id"])
    assert now.messages(1) == [two]
    # As some clients say that they have none.
    assert open_stream(f"room={room}", Last_Event_ID="").messages(1) == [one]


def test_a_plain_stream_cut_behind_an_edited_message_goes_on_behind_its_id(
    open_stream, client, room
):
    old, next_one = (client.say(room, body, **SECRET) for body in ("old", "next"))
    edit(client, old["id"], "edited")
    stream = open_stream(f"room={room}")
    stream.cursor()
    assert stream.event() == ("message", old["id"], old | {"body": "edited"})
    stream.close()
    again = open_stream(f"room={room}", Last_Event_ID=stream.last_event_id)
    assert again.messages(1) == [next_one]


def test_poll_and_stream_take_turns(open_stream, client, room):
    said = [client.say(room, str(n)) for n in range(4)]
    first = client.get(f"room={room}&limit=1")
    stream = open_stream(f"room={room}&after={first.headers['chat-position']}")
    assert stream.messages(2) == said[1:3]
    rest = client.get(f"room={room}&after={said[2]['id']}")
    assert first.json + said[1:3] + rest.json == said
    new = client.say(room, "new")
    after = rest.headers["chat-position"]
    assert open_stream(f"room={room}&after={after}").messages(1) == [new]


@pytest.mark.parametrize(
    "query, headers, sentence",
    [
        (f"before={NEWEST}", {}, "A stream goes forward: before and q are for polls"),
        ("", {"Last_Event_ID": "x"}, "The Last-Event-ID is not a UUID"),
        ("", {"Last_Event_ID": NIL + "\t0"}, "The Last-Event-ID is not a UUID"),
        ("after=x", {}, "The parameter after is not a UUID"),
        ("after=now&after=now", {}, "The parameter after is given twice"),
        ("timeout=x", {}, "The parameter timeout is a whole number from 0 to 55"),
        ("room=Lobby", {}, "A room is 1 to 64 characters of a-z, 0-9, _ and -, and begins with"),
    ],
)
def test_what_is_wrong_for_good_is_refused(open_stream, query, headers, sentence):
    stream = open_stream(query, **headers)
    assert stream.status == 400 and stream.headers["content-type"] == "application/json"
    assert json.loads(stream.response.read())["error"].startswith(f"Invalid argument: {sentence}")


def test_a_poll_has_no_present_to_begin_at(client):
    answer = client.get("after=now")
    assert (answer.status, answer.json["error"]) == (
        400,
        "Invalid argument: The parameter after is not a UUID",
    )


@pytest.mark.parametrize(
    "accept, is_stream",
    [
        ("text/event-stream", True),
        ("Text/Event-Stream; charset=utf-8", True),
        ("application/json;q=0.5, text/event-stream", True),
        ("*/*", False),
        ("application/json", False),
        ("text/event-stream;q=0", False),
        ("text/event-stream; q=0.000, */*", False),
        ("text/event-streams", False),
    ],
)
def test_who_asks_for_events_gets_them(open_stream, room, client, accept, is_stream):
    client.say(room, "x")
    stream = open_stream(f"room={room}", Accept=accept)
    expected = "text/event-stream" if is_stream else "application/json"
    assert (stream.status, stream.headers["content-type"]) == (200, expected)


@pytest.mark.parametrize(
    "accept",
    [
        "text/event-stream;q=0",
        "*/*, TEXT/EVENT-STREAM ; Q=0.0",
        "text/event-streams",
        "a/text/event-stream",
    ],
)
def test_who_wants_no_stream_gets_the_longest_answer_as_anybody(client, room, accept):
    """A stream's answer begins with a short header; with so many rooms a page's is a long one."""
    rooms = [f"{room}-{n:0>29}" for n in range(100)]
    client.say(rooms[0], "one")
    client.say(rooms[1], "two")
    query = "&".join(f"room={name}" for name in rooms)
    answer = client.get(f"{query}&limit=1&timeout=0", Accept=accept)
    assert answer.status == 200
    assert [message["body"] for message in answer.json] == ["one"]
    assert len(answer.headers["link"]) > 4000


def test_the_head_of_a_stream(open_stream, stack, room):
    stream = EventStream(stack, f"room={room}", method="HEAD")
    assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream")
    assert "content-length" not in stream.headers and stream.response.read() == b""
    stream.close()


# While nothing comes


def test_a_quiet_stream_says_how_far_it_has_read(make_stack, open_stream):
    stack = make_stack(worker_args=["--stream-quiet-ms=1000"])
    client = Client(stack)
    stream = open_stream("room=quiet", of=stack)
    assert stream.cursor()["after"] == NIL
    elsewhere = client.say("elsewhere", "x")
    quiet = stream.cursor()
    while quiet["after"] < elsewhere["id"]:
        quiet = stream.cursor()
    assert quiet["after"].endswith("-ffff-ffffffffffff")
    said = client.say("quiet", "y")
    assert stream.event() == ("message", said["id"], said)


def test_a_change_by_hand_is_told_as_a_new_epoch(make_stack, open_stream):
    stack = make_stack(workers=2)
    said = Client(stack).say("lobby", "x")
    streams = [open_stream(f"after={said['id']}", of=stack) for _ in range(4)]
    epochs = {stream.cursor()["epoch"] for stream in streams}
    stack.postgres.psql("DELETE FROM chat.messages")
    new = {stream.cursor()["epoch"] for stream in streams}
    assert len(epochs) == len(new) == 1 and epochs != new


def test_a_stream_ends_in_order_when_it_is_old(make_stack, open_stream):
    stack = make_stack(workers=1, worker_args=["--stream-age-ms=1000", "--stream-quiet-ms=1000"])
    stream = open_stream(of=stack)
    while stream.event() is not None:
        pass
    metrics = Client(stack).request("GET", "/metrics").text.decode()
    assert 'chat_streams_ended_total{reason="age"} 1' in metrics


# Trouble


def test_while_the_database_is_away_a_stream_waits_and_begins_when_it_is_back(
    make_stack, open_stream
):
    stack = make_stack(workers=1)
    said = Client(stack).say("lobby", "x")
    stack.postgres.stop("fast")
    stream = open_stream(of=stack)
    assert stream.status == 200
    assert stream.block()[0].startswith("retry: ")
    assert stream.block() == [": The database is out of reach, and messages come once it is back"]
    stack.postgres.start()
    stream.cursor()
    assert stream.event() == ("message", said["id"], said)


def test_a_stream_lives_through_a_restart_of_the_database(make_stack, open_stream):
    stack = make_stack(workers=2)
    stream = open_stream("after=now", of=stack)
    stream.cursor()
    client = Client(stack)
    said = [client.say("lobby", "before")]
    stack.postgres.restart("fast")
    said.append(client.insist("lobby", "after", key=str(uuid.uuid4())))
    assert stream.messages(2) == said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_lost_when_a_worker_ends(make_stack, open_stream, number):
    stack = make_stack(workers=1)
    client = Client(stack)
    stream = open_stream(of=stack)
    said = [client.insist("lobby", "before", key="1")]
    found = stream.messages(1)
    if number == signal.SIGTERM:
        stack.workers.restart(0)
        assert stream.rest() == []
    else:
        stack.workers.kill(0)
        assert stream.rest() == []
    said.append(client.insist("lobby", "after", key="2"))
    again = open_stream(of=stack, Last_Event_ID=stream.last_event_id)
    assert found + again.messages(1) == said


def test_what_nginx_would_refuse_for_a_moment_is_a_stream_that_comes_back(make_stack, open_stream):
    stack = make_stack(workers=1)
    stack.workers.stop()
    stream = open_stream(of=stack)
    assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream")
    assert stream.block() == ["retry: 5000"] and stream.block() is None
    # What is sent is told that it was not stored, whatever it accepts.
    refused = Client(stack).post({"body": "x"}, Accept="text/event-stream")
    assert refused.status == 502 and "error" in refused.json


def test_a_stream_beyond_the_limit_comes_back_later(make_stack, open_stream):
    stack = make_stack(workers=1, worker_args=["--max-polls=2"])
    streams = [open_stream(of=stack) for _ in range(2)]
    for stream in streams:
        stream.cursor()
    until(lambda: metric(stack, "chat_polls_parked") == 2, "both wait")
    third = open_stream(of=stack)
    assert third.status == 200 and third.rest() == []
    assert Client(stack).get().status == 503
    # Those who wait already go on.
    said = Client(stack).say("lobby", "x")
    assert [stream.messages(1) for stream in streams] == [[said], [said]]


def test_a_stream_beyond_the_limit_of_connections_comes_back_later(make_stack, open_stream):
    # What nginx has kept from before counts as well.
    stack = make_stack(workers=1, worker_args=["--max-connections=3"])
    streams = [open_stream(of=stack) for _ in range(6)]
    assert {stream.status for stream in streams} == {200}
    refused = [stream for stream in streams if stream.block() == ["retry: 5000"]]
    assert refused and all(stream.block() is None for stream in refused)


def test_who_leaves_is_forgotten(make_stack):
    stack = make_stack(workers=2)
    streams = [EventStream(stack) for _ in range(20)]
    for stream in streams:
        stream.cursor()
    until(lambda: metric(stack, "chat_streams") == 20, "all are open")
    for stream in streams:
        stream.close()
    until(lambda: metric(stack, "chat_streams") == 0, "all are gone")
    assert metric(stack, "chat_polls_parked") == 0


def test_a_connection_of_nginx_serves_polls_after_a_stream(make_stack):
    stack = make_stack(workers=1, worker_args=["--stream-age-ms=1000", "--stream-quiet-ms=1000"])
    client = Client(stack)
    for n in range(2):
        assert EventStream(stack, "room=none").rest() == []
        said = client.say("lobby", str(n))
        assert client.get(f"before={NEWEST}&limit=1").json == [said]


def test_old_processes_of_nginx_end_after_reloads(make_stack):
    stack = make_stack(workers=1, worker_args=["--stream-age-ms=2000", "--stream-quiet-ms=1000"])

    def processes() -> set[str]:
        ps = ["ps", "--ppid", str(stack.nginx.pid), "-o", "pid="]
        return set(subprocess.run(ps, capture_output=True, text=True).stdout.split())

    streams = []
    first = processes()
    for _ in range(3):
        streams.append(EventStream(stack))
        streams[-1].cursor()
        was = processes()
        stack.nginx.reload()
        until(lambda: processes() - was, "new processes of nginx run")
    readers = [Background(stream.rest) for stream in streams]
    for reader in readers:
        reader.result()
    until(lambda: len(processes()) == len(first), "the old ones have ended")
    assert not processes() & first
