"""What a delivery costs a worker in instructions, which no noise changes. How times grow with N is
a plot of what fanout found."""

import os
import re
import subprocess
from contextlib import contextmanager
from pathlib import Path

from stack import Failure, wait_until
from stack.workers import worker_binary

from ..generator import Readers
from ..processes import wait_until_quiet
from ..runs import progress, running
from ..settings import Settings
from ..system import BODY_BYTES, Scale, System

POLLS = (1000, 2000)
QUIET_S = 60


def measure(settings: Settings) -> dict:
    sizes = [min(polls, settings.polls * polls // POLLS[0]) for polls in POLLS]
    counted = {str(polls): instructions(settings, polls) for polls in sizes}
    few, many = sizes
    each = (counted[str(many)] - counted[str(few)]) / (many - few)
    progress(f"growth  {each:,.0f} instructions of the worker for a delivery")
    return {"instructions": counted, "per_delivery": each}


def instructions(settings: Settings, polls: int) -> int:
    """From just before a message until all polls wait again."""
    with worker_under_callgrind(settings.directory), running(
        "chat", settings, Scale(polls), workers=1
    ) as chat:
        with Readers(chat, polls) as generator:
            generator.post(BODY_BYTES)  # what is done once is done then
            rest(chat)
            control(chat, "--instr=on")
            result = generator.post(BODY_BYTES)
            rest(chat)
            control(chat, "--instr=off")
            if result.failed:
                raise Failure(f"{result.failed} polls failed: {result.first_failure}")
            return dumped(chat)


@contextmanager
def worker_under_callgrind(directory: Path):
    """As another binary, which is what the stack lets one name."""
    script = directory / "callgrind-worker"
    output = "--callgrind-out-file=callgrind.out.%p"
    words = f"exec valgrind --tool=callgrind --instr-atstart=no {output} {worker_binary()}"
    script.write_text(f'#!/bin/sh\n{words} "$@"\n')
    script.chmod(0o755)
    before = os.environ.get("CHAT_WORKER")
    os.environ["CHAT_WORKER"] = str(script)
    try:
        yield
    finally:
        del os.environ["CHAT_WORKER"]
        if before is not None:
            os.environ["CHAT_WORKER"] = before


def rest(chat: System) -> None:
    if not wait_until_quiet(chat.pids(), QUIET_S):
        raise Failure(f"The worker under callgrind does not come to rest within {QUIET_S} s.")


def control(chat: System, command: str) -> None:
    (pid,) = chat.pids()["worker"]
    done = subprocess.run(
        ["callgrind_control", command, str(pid)],
        cwd=chat.stack.workspace.workers,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise Failure(f"callgrind_control failed: {done.stdout}{done.stderr}")


def dumped(chat: System) -> int:
    control(chat, "--dump")
    directory = chat.stack.workspace.workers

    def total() -> int:
        texts = [path.read_text() for path in directory.glob("callgrind.out.*")]
        found = [re.search(r"^totals: (\d+)", text, re.MULTILINE) for text in texts]
        return max((int(one[1]) for one in found if one), default=0)

    if not wait_until(lambda: total() > 0, 10):
        raise Failure("callgrind wrote no instructions.")
    return total()


def section(entry: dict) -> str:
    counted = ", ".join(f"{count:,} for {polls}" for polls, count in entry["instructions"].items())
    return "\n".join(
        [
            "## How it grows",
            "",
            "![The time of the last poll over their number](growth.svg)",
            "",
            f"A worker needs **{entry['per_delivery']:,.0f} instructions** for a delivery",
            f"and the poll that follows (callgrind; the difference for each of {counted} polls",
            "that one message answers).",
        ]
    )
