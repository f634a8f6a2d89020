"""Processes that live no longer than we do."""

import os
import signal
import subprocess
import time
from pathlib import Path


class Failure(Exception):
    """What went wrong, as a sentence for the person who started us."""


def say(sentence: str) -> None:
    print(sentence, flush=True)


def wait_until(condition, seconds: float, pause: float = 0.02) -> bool:
    """Looks again and again; says at last whether the condition came true."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def setpriv(*, user: str | None = None, capabilities=(), death_signal: str = "") -> list[str]:
    """The prefix of a command that drops to a user, keeps some rights, dies with its parent."""
    prefix = ["setpriv"]
    if user is not None:
        prefix += [f"--reuid={user}", f"--regid={group_of(user)}", "--init-groups"]
    if capabilities:
        kept = ",".join(f"+{name}" for name in capabilities)
        prefix += [f"--inh-caps={kept}", f"--ambient-caps={kept}"]
    if death_signal:
        prefix += ["--pdeathsig", death_signal]
    return prefix if len(prefix) > 1 else []


def group_of(user: str) -> str:
    return subprocess.run(["id", "-gn", user], capture_output=True, text=True).stdout.strip()


def process_name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def processes_in(directory: Path, name: str | None = None) -> list[int]:
    """The processes whose current directory is this one: how we know our own again."""
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                here = os.readlink(f"/proc/{entry.name}/cwd") == str(directory)
            except OSError:
                continue  # gone meanwhile, dead already, or somebody else's
            if here and name in (None, process_name(int(entry.name))):
                found.append(int(entry.name))
    return sorted(found)


def send(pids, number: int) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


class Child:
    """One process in a session of its own, so that a Ctrl-C in the terminal reaches only us and
    everything is stopped in order; its output goes to a log file."""

    def __init__(
        self,
        name: str,
        command: list[str],
        log: Path,
        *,
        directory: Path,
        env: dict[str, str],
        user: str | None = None,
        capabilities=(),
        death_signal: str = "TERM",
        stdin=subprocess.DEVNULL,
    ):
        self.name = name
        self.log = log
        # What was in the log before is not about this process.
        self.log_start = log.stat().st_size if log.exists() else 0
        prefix = setpriv(user=user, capabilities=capabilities, death_signal=death_signal)
        with open(log, "ab") as output:
            self.process = subprocess.Popen(
                prefix + command,
                stdin=stdin,
                stdout=output,
                stderr=output,
                cwd=directory,
                env=env,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def running(self) -> bool:
        return self.process.poll() is None

    def output(self) -> str:
        with open(self.log, "rb") as log:
            log.seek(self.log_start)
            return log.read().decode(errors="replace")

    def last_words(self, lines: int = 5) -> str:
        return "\n".join(self.output().splitlines()[-lines:])

    def stop(self, number: int = signal.SIGTERM, seconds: float = 10) -> str | None:
        """Asks the process to end and waits; returns a sentence when it had to be killed."""
        self.ask_to_stop(number)
        return self.wait(seconds)

    def ask_to_stop(self, number: int = signal.SIGTERM) -> None:
        if self.running():
            send([self.pid], number)

    def wait(self, seconds: float) -> str | None:
        try:
            self.process.wait(seconds)
            return None
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return f"{self.name} did not stop within {seconds:g} s and was killed."
