"""One run: the stack, the clients, the faults, and then the comparison."""

import signal
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from checker import check
from client_process import Clients
from clock import HOUR_S, Clocks
from faults import Faults, plan
from findings import Findings
from history import read_changes, read_posts, read_readings
from judge import Verdict, faults_around, judge
from memory import Memory
from small_disk import SmallDisk
from stack import Failure, Stack, say, wait_until
from summary import as_text, summarize
from table import BY_COMMIT_TIME, BY_TRANSACTION, read_rows

PROGRESS_S = 5
HEALTHY_S = 30
# Streams end while it lasts, and tell soon that nothing is left to read.
LIVELY_STREAMS = ("--stream-age-ms=4000", "--stream-quiet-ms=1000")
NAIVE = Path(__file__).with_name("naive.sql")


@dataclass
class Settings:
    seconds: float = 60
    seed: int = 1
    faults: list[str] = field(default_factory=lambda: list(Faults.USUAL))
    rate: int = 1500
    writers: int = 48
    readers: int = 16
    workers: int = 2
    naive: bool = False


@dataclass
class Result:
    table: str
    violations: list[str]
    findings: Findings
    counts: dict


@contextmanager
def stopping_on_signals():
    """A Ctrl-C or a SIGTERM ends the run in order: nothing is left running."""

    def stop(number, frame):
        raise Failure("stopped by a signal")

    before = {n: signal.signal(n, stop) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run(settings: Settings, directory: Path) -> Result:
    say(f"SEED={settings.seed} DURATION={settings.seconds:g} FAULTS={','.join(settings.faults)}")
    stack = Stack(
        directory / "var",
        workers=settings.workers,
        worker_args=LIVELY_STREAMS,
        postgres_settings=("track_commit_timestamp=on",),
    )
    disk = SmallDisk(stack)
    clocks = Clocks(stack, directory) if "clock" in settings.faults else None
    history = directory / "history"
    history.mkdir()
    with stopping_on_signals():
        try:
            stack.start()
            if "fill" in settings.faults:
                disk.take_messages()
            result = run_on(stack, settings, history, clocks, disk)
        finally:
            complaints = stack.stop()
            disk.remove()
            if clocks is not None:
                clocks.clean_up()
    # Also of the last workers, when they stopped.
    result.violations += [text for text in complaints if text not in result.violations]
    return result


def run_on(
    stack: Stack, settings: Settings, history: Path, clocks: Clocks | None, disk: SmallDisk
) -> Result:
    if settings.naive:
        stack.postgres.psql(NAIVE.read_text())
    began_ms = time.time_ns() // 1_000_000
    faults = Faults(stack, settings.seed, clocks, settings.seconds)
    faults.disk = disk
    memory = Memory(stack.workers)
    clients = Clients(
        stack.nginx.port,
        history,
        seed=settings.seed,
        writers=settings.writers,
        readers=settings.readers,
        rate=settings.rate,
        spread=settings.seconds / 2,
    )
    try:
        inject_all(settings, clients, faults)
        calm_down(stack, faults)
        memory.stop()
        clients.finish()
        faults.removals.looker.stop()
    finally:
        memory.stop()
        faults.removals.looker.stop()
        clients.kill()
    slack_ms = 1000
    commit_order = BY_COMMIT_TIME
    if clocks is not None:
        slack_ms += 1000 * HOUR_S
        commit_order = BY_TRANSACTION
    rows = read_rows(stack.postgres, commit_order)
    plausible = (began_ms - slack_ms, time.time_ns() // 1_000_000 + slack_ms)
    readings = read_readings(history, clients.starts)
    removals = faults.removals
    posts = read_posts(history / "posts.bin") | removals.probe.posts
    changes = read_changes(history / "changes.bin")
    findings = check(rows, posts, readings, plausible, removals.gone, changes, removals.looker.seen)
    verdict = judge(clients.errors, faults)
    table = as_text(summarize(clients.counts, len(rows), faults, findings, verdict, memory))
    problems = faults.problems + stack.workers.problems
    if (growth := memory.growth()) and growth.is_leak():
        problems.append(f"A worker grew from {growth}.")
    return Result(table, violations(findings, verdict, faults, problems), findings, clients.counts)


def inject_all(settings: Settings, clients: Clients, faults: Faults) -> None:
    began = time.monotonic()
    progress = began + PROGRESS_S
    due = plan(settings.faults, settings.seconds, settings.seed)
    while (now := time.monotonic()) < began + settings.seconds or due:
        if not clients.running():
            raise Failure("The clients have ended.")
        if due and now >= began + due[0][0]:
            faults.inject(due.pop(0)[1])
        if now >= progress:
            say_progress(now - began, clients, faults)
            progress = now + PROGRESS_S
        time.sleep(0.02)


def calm_down(stack: Stack, faults: Faults) -> None:
    """What comes after the last fault must go on undisturbed."""
    faults.wait_for_lasting()
    if not wait_until(stack.healthy, HEALTHY_S, 0.1):
        faults.problems.append(f"The chat was not healthy {HEALTHY_S} s after the last fault.")


def say_progress(seconds: float, clients: Clients, faults: Faults) -> None:
    counts = clients.counts
    forbidden = judge(clients.errors, faults).forbidden
    say(
        f"{seconds:5.0f} s  {len(faults.injected):3} faults  "
        f"{counts.get('acknowledged', 0):9,} acknowledged  {counts.get('read', 0):10,} read  "
        f"{counts.get('unknown', 0):5,} unknown  {len(clients.errors):5,} errors"
        + (f"  {len(forbidden)} that may not be" if forbidden else "")
    )


def violations(findings: Findings, verdict: Verdict, faults: Faults, problems) -> list[str]:
    sentences = findings.sentences + list(problems)
    for error in verdict.forbidden[:20]:
        sentences.append(
            f"{error.who} saw '{error.kind}' after {error.ended - error.began:.2f} s "
            f"{error.detail.strip()} ({faults_around(error.began, error.ended, faults)})"
        )
    return sentences
