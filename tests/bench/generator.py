"""The load generator (load/, C++) as a child: it speaks JSON, a line for each event."""

import json
import queue
import subprocess
import threading
from dataclasses import dataclass

from stack import Failure

from .system import System, program
from .systems import POLLS

CLIENTS_PER_PROCESS = 18_000  # each has a descriptor
PARKED_S = 180
ROUND_S = 120
LIFE_S = 900  # in which all that is to be asked of one process is asked
NIL = "00000000-0000-0000-0000-000000000000"


def words_of(options: dict) -> list[str]:
    return [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]


class Generator:
    """One process in one of its modes."""

    def __init__(self, mode: str, system: System, **options):
        words = [str(program("bench-load")), mode, f"--target={system.target}"]
        words += words_of(options)
        self._process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a Ctrl-C is for us
        )
        self._lines: queue.Queue = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def event(self, seconds: float) -> dict:
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            raise Failure(f"The load generator says nothing for {seconds:g} s.") from None
        if line is None:
            raise Failure(f"The load generator ended: {self._process.stderr.read().strip()}")
        return json.loads(line)

    def tell(self, line: str) -> None:
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Failure(
                f"The load generator ended: {self._process.stderr.read().strip()}"
            ) from None

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def _listen(self) -> None:
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)


def result_of(mode: str, system: System, wait_s: float, **options) -> dict:
    """Of a mode that runs by itself and ends with one line."""
    generator = Generator(mode, system, **options)
    try:
        return generator.event(wait_s)
    finally:
        generator.close()


def result_of_rows(system: System, **options) -> dict:
    """Of rows/, which speaks to the database itself."""
    database = f"--database={system.postgres.conninfo('chat_worker')}"
    done = subprocess.run(
        [str(program("bench-rows")), database, *words_of(options)],
        env=system.postgres.env,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise Failure(done.stderr.strip())
    return json.loads(done.stdout)


@dataclass(frozen=True)
class Round:
    """One message, and when each reader had it, in ms after the POST was sent."""

    arrivals_ms: list[float]
    failed: int
    first_failure: str


class Readers:
    """N polls or streams that wait, in as many processes as their descriptors take."""

    def __init__(
        self,
        system: System,
        clients: int,
        hold: str = POLLS,
        *,
        rooms: int = 1,
        room: str = "",
        poll_timeout_s: int = 55,
        after: str = NIL,
    ):
        self.clients, self.hold = clients, hold
        self._waits = system.waits
        self._room = room
        processes = -(-clients // CLIENTS_PER_PROCESS)
        shares = [
            clients * (i + 1) // processes - clients * i // processes for i in range(processes)
        ]
        self._generators: list[Generator] = []
        try:
            for index, share in enumerate(shares):
                options = {
                    "clients": share,
                    "dialect": system.dialect,
                    "readers": hold,
                    "rooms": rooms,
                    "first_client": sum(shares[:index]),
                    "poll_timeout_s": poll_timeout_s,
                    "ramp": max(512 // processes, 1),
                    "after": after,
                    "deadline_s": LIFE_S,
                }
                if room:
                    options["room"] = room
                self._generators.append(Generator("polls", system, **options))
            parked = [generator.event(PARKED_S) for generator in self._generators]
        except BaseException:
            self.close()
            raise
        self.seconds_to_park = max(event["seconds"] for event in parked)

    def post(self, body_bytes: int, room: int = 0) -> Round:
        """One process posts, all of them wait for the answers. Nobody waits for a constant: there
        each process asks for itself."""
        poster, *others = self._generators
        command = "round" if self._waits else f"post bench-{room}"
        # Where all read the same, whatever its name, a message of any room is for all of them.
        for generator in self._generators if self._room else others:
            generator.tell(f"{command} {body_bytes}")
        poster.tell(f"post bench-{room} {body_bytes}")
        return merge_rounds([generator.event(ROUND_S) for generator in self._generators])

    def stats(self) -> dict:
        """Sums over the processes."""
        total: dict = {}
        for generator in self._generators:
            generator.tell("stats")
        for generator in self._generators:
            for name, value in generator.event(ROUND_S).items():
                if isinstance(value, (int, float)) and not isinstance(value, bool):
                    total[name] = total.get(name, 0) + value
        return total

    def close(self) -> None:
        for generator in self._generators:
            generator.close()

    def __enter__(self) -> "Readers":
        return self

    def __exit__(self, kind, error, traceback) -> None:
        self.close()


def merge_rounds(events: list[dict]) -> Round:
    """All times are of one clock, so those of several processes can be compared."""
    posted = [event["posted_ns"] for event in events if event.get("posted_ns")]
    if not posted:
        raise Failure("No process of the load generator says when it posted.")
    began = min(posted)
    arrivals = sorted((at - began) / 1e6 for event in events for at in event["arrivals_ns"])
    failures = [event["first_failure"] for event in events if event.get("first_failure")]
    failed = sum(event["failed"] for event in events)
    return Round(arrivals, failed, failures[0] if failures else "")
