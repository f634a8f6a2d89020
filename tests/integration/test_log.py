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

    ids = {}
    for event in ("append failed", "read failed", "request failed"):
        [line] = lines_of(stack, event)
        ids[event] = re.search(r" request_id=([0-9a-f]{32}) ", line)[1]
    # The first request that failed.
    assert ids["append failed"] == ids["request failed"] != ids["read failed"]
    assert SECRET not in log_of(stack)


def log_of(stack) -> str:
    return (stack.workspace.log / "worker-0.log").read_text()


def lines_of(stack, event: str) -> list[str]:
    return [line for line in log_of(stack).splitlines() if line.startswith(f'event="{event}" ')]


def times(line: str) -> int:
    """Of how many failures the line tells; the first one's is its own."""
    counted = re.search(r" times=(\d+) ", line)
    return int(counted[1]) if counted else 1


def test_a_limit_that_many_run_into_is_logged_and_does_not_fill_the_log(make_stack):
    stack = make_stack(workers=1, worker_args=["--max-polls=1", "--log-repeat-ms=1000"])
    polls = Polls(stack.nginx.port, "full", 1)
    client = Client(stack, keep=True)
    parked = b"\nchat_polls_parked 1\n"
    until(lambda: parked in client.request("GET", "/metrics").text, "the poll is parked")
    for _ in range(200):
        assert client.get("room=full").status == 503
    polls.close()
    until(lambda: lines_of(stack, "requests no longer fail"), "the end is told")
    began, *repeats = lines_of(stack, "request failed")
    [end] = lines_of(stack, "requests no longer fail")
    assert all("Too many polls are waiting here" in line for line in [began, *repeats, end])
    assert times(end) == 200 and len(repeats) <= 200 / times(repeats[0]) if repeats else True


OUTAGE = {
    "database is out of reach": "database is back",
    "append failed": "appending works again",
    "read failed": "reading works again",
    "request failed": "requests no longer fail",
}
INTERVAL_S = 2


class Load:
    """Posts and reads without a pause until it is told to stop; counts what was refused."""

    def __init__(self, stack):
        self.stopping = False
        self.refused = 0
        asks = [lambda client: client.post({"body": SECRET}), lambda client: client.get(OLDEST)]
        self.threads = [Background(self.run, Client(stack, keep=True), ask) for ask in 4 * asks]

    def run(self, client, ask) -> int:
        refused = 0
        while not self.stopping:
            if ask(client).status == 503:
                refused += 1
                self.refused += 1  # about; the sum of what they return is exact
        return refused

    def stop(self) -> int:
        self.stopping = True
        return sum(thread.result() for thread in self.threads)


# Never in memory.
OLDEST = "before=ffffffff-ffff-ffff-ffff-fffffffffffe"


def test_an_outage_is_a_line_when_it_begins_a_few_with_counts_and_one_when_it_ends(make_stack):
    settings = ["--append-retry-ms=0", f"--log-repeat-ms={INTERVAL_S * 1000}"]
    stack = make_stack(workers=1, worker_args=settings)
    load = Load(stack)
    stack.postgres.stop("fast")
    began = time.monotonic()
    for event in OUTAGE:
        until(lambda: len(lines_of(stack, event)) >= 3, f"two more lines of {event}")
    until(lambda: load.refused > 500, "many are refused")
    stack.postgres.start()
    for end in OUTAGE.values():
        until(lambda: lines_of(stack, end), end)
    refused = load.stop()
    seconds = time.monotonic() - began

    for event, end in OUTAGE.items():
        first, *repeats = lines_of(stack, event)
        [last] = lines_of(stack, end)
        assert " times=" not in first
        assert 2 <= len(repeats) <= seconds / INTERVAL_S
        assert all(re.search(r" times=\d+ seconds=\d+ .*error=", line) for line in repeats)
        assert times(first) + sum(map(times, repeats)) <= times(last)
    [over] = lines_of(stack, "requests no longer fail")
    assert times(over) == refused
    assert log_of(stack).count("\n") <= 4 * (2 + seconds / INTERVAL_S) + 10
    assert SECRET not in log_of(stack)


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
