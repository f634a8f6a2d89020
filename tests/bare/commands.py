"""The two commands of the README on a bare machine, and how long each of their steps takes."""

import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

from machine import Machine

TOO_LONG_S = 3600
FAILED_TESTS = "== Failed tests"  # as scripts/test heads its list
LISTED_LINES = 1000


class Broken(AssertionError):
    """What did not work, in a sentence."""


class Command:
    """A command that runs on the machine; its output goes to a file and is read as it comes.

    `with` waits for its end, or ends it when we are to leave early."""

    def __init__(self, machine: Machine, words: list[str], log: Path):
        self.words = words
        self._machine = machine
        self._log = log.open("a")
        self._log.write(f"\n$ {' '.join(words)}\n")
        self.process = machine.start(words, subprocess.PIPE)
        # Ends even what hangs without a word.
        self._alarm = threading.Timer(TOO_LONG_S, self.kill)
        self._alarm.daemon = True
        self._alarm.start()
        self.lines: list[str] = []
        self.status: int | None = None

    def __enter__(self) -> "Command":
        return self

    def __exit__(self, error, *_) -> None:
        if error is not None:
            self.kill()
        self.status = self.process.wait()
        self._alarm.cancel()
        self._log.close()

    def __iter__(self):
        for line in self.process.stdout:
            self._log.write(line)
            self._log.flush()
            self.lines.append(line.rstrip())
            yield self.lines[-1]

    def interrupt(self) -> None:
        self._machine.interrupt(self.process)

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)

    def last_words(self) -> str:
        """The end of the output; all failed tests, when scripts/test has listed them there."""
        lines = self.lines[-LISTED_LINES:]
        if FAILED_TESTS in lines:
            return "\n".join(lines[lines.index(FAILED_TESTS) :])
        return "\n".join(lines[-60:])


class Steps:
    """How long each step took: a step ends when the next begins."""

    def __init__(self, first: str):
        self.seconds: dict[str, float] = {}
        self._name = first
        self._began = time.monotonic()

    def begin(self, name: str) -> None:
        if name == self._name or name in self.seconds:
            return
        now = time.monotonic()
        self.seconds[self._name] = now - self._began
        print(f"      {self._name}: {now - self._began:.0f} s", flush=True)
        self._name, self._began = name, now

    def end(self) -> None:
        self.begin("")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_run(machine: Machine, log: Path) -> None:
    """`make run` until a reader has a message, then Ctrl-C. The host's port 8080 may be in use."""
    steps = Steps("installing")
    talked = False
    with Command(machine, ["make", "run", f"PORT={free_port()}"], log) as command:
        for line in command:
            if line.startswith("CXX "):
                steps.begin("building")
            elif line.startswith("Starting PostgreSQL"):
                steps.begin("starting")
            elif found := re.match(r"The chat is at (http://127\.0\.0\.1:\d+)/", line):
                steps.begin("page and message")
                try:
                    talk(found[1])
                except (AssertionError, OSError, ValueError) as error:
                    raise Broken(f"the chat does not talk: {error!r}") from error
                talked = True
                steps.begin("stopping")
                command.interrupt()
    steps.end()
    # Process 125 says what was left; make itself says that it was interrupted.
    if not talked or "Stopping" not in command.lines or command.status not in (0, 2, 130):
        raise Broken(f"make run ended with {command.status}:\n{command.last_words()}")


def talk(url: str) -> None:
    """The page with all that it names, and a message to somebody who waits for it."""
    page = fetch(f"{url}/").decode()
    assert "<title>" in page, page
    for name in re.findall(r'(?:href|src)="([^":]+)"', page):
        fetch(f"{url}/{name.lstrip('/')}")
    heard: list[dict] = []
    first = post(url, "first")
    reader = threading.Thread(
        target=lambda: heard.extend(json.loads(fetch(f"{url}/messages?after={first['id']}")))
    )
    reader.start()
    second = post(url, "Hello, bare machine")
    reader.join(30)
    assert heard == [second], heard


def fetch(address: str, body: bytes | None = None) -> bytes:
    """The answer, or an error unless it is 200."""
    headers = {"Content-Type": "application/json"} if body else {}
    with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=20) as got:
        return got.read()


def post(url: str, body: str) -> dict:
    return json.loads(fetch(f"{url}/messages", json.dumps({"body": body}).encode()))


def make_test(machine: Machine, log: Path, targets: list[str]) -> str:
    """`make test`, or a part of it, to its end; returns its last line, which counts."""
    steps = Steps("installing")
    with Command(machine, ["make", *targets], log) as command:
        for line in command:
            if line.startswith("CXX "):
                steps.begin("building")
            elif line.startswith("== ") and line != FAILED_TESTS:
                steps.begin(line[3:].lower())
    steps.end()
    if command.status != 0:
        said = f"{' '.join(command.words)} ended with {command.status}"
        raise Broken(f"{said}:\n{command.last_words()}")
    return command.lines[-1]
