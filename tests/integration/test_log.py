"""What workers write to standard error: one line for each event, with the request it belongs to."""

import os
import re
import subprocess
import time

from client import PATIENCE_S, Background, Client, Polls, until
from stack.workers import worker_binary, worker_environment

SECRET = "nobody may read this"


def test_a_line_of_a_request_names_it_and_nothing_of_its_message(make_stack):
    stack = make_stack(workers=1, worker_args=["--append-retry-ms=0"])
    client = Client(stack)
    client.say("log", SECRET)
    stack.postgres.stop("fast")
    assert client.post({"room": "log", "body": SECRET, "author": SECRET}).status == 503
    # Older than what is in memory can tell.
    assert client.get("room=log&before=" + "f" * 8 + "-ffff" * 3 + "-" + "f" * 12).status == 503

    lines = (stack.workspace.log / "worker-0.log").read_text().splitlines()
    ids = {}
    for event in ("append failed", "read failed", "request failed"):
        found = [line for line in lines if line.startswith(f'event="{event}" ')]
        ids[event] = [re.search(r" request_id=([0-9a-f]{32}) ", line)[1] for line in found]
        assert ids[event], event
    assert set(ids["append failed"]) | set(ids["read failed"]) == set(ids["request failed"])
    assert SECRET not in "\n".join(lines)


def test_a_limit_that_many_run_into_is_logged_and_does_not_fill_the_log(make_stack):
    stack = make_stack(workers=1, worker_args=["--max-polls=1"])
    polls = Polls(stack.nginx.port, "full", 1)
    client = Client(stack, keep=True)
    parked = b"\nchat_polls_parked 1\n"
    until(lambda: parked in client.request("GET", "/metrics").text, "the poll is parked")
    began = time.monotonic()
    for _ in range(200):
        assert client.get("room=full").status == 503
    seconds = time.monotonic() - began
    lines = (stack.workspace.log / "worker-0.log").read_text().splitlines()
    told = [line for line in lines if "Too many polls are waiting here" in line]
    assert 1 <= len(told) <= seconds + 1
    polls.close()


def test_under_systemd_every_line_has_its_priority(var):
    env = worker_environment(dict(os.environ)) | {"JOURNAL_STREAM": "8:1"}
    command = [worker_binary(), f"--listen={var / 's'}", f"--database=host={var}"]
    worker = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True)
    try:
        text = Background(read_to_event, worker.stderr, "database is out of reach").result()
        worker.terminate()
        text += Background(worker.stderr.read).result()
        worker.wait(PATIENCE_S)
    finally:
        worker.kill()
    assert re.search(r"^<6>event=started ", text, re.MULTILINE)
    assert re.search(r'^<3>event="database is out of reach" ', text, re.MULTILINE)
    assert all(re.match(r"<[3467]>event=", line) for line in text.splitlines())


def read_to_event(stream, event: str) -> str:
    text = ""
    while f'event="{event}"' not in text:
        line = stream.readline()
        assert line, f"it ended without {event}: {text}"
        text += line
    return text
