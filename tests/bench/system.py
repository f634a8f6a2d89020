"""What all have in common that are measured."""

import json
import os
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from stack import Failure, NginxSettings, Postgres, wait_until

from . import REPOSITORY

# A process may have 20,000 descriptors where this was written, and nginx takes two for a poll.
POLLS_PER_NGINX = 7500
POLLS_PER_WORKER = 12_000
BODY_BYTES = 100
PARKED_S = 10


@dataclass(frozen=True)
class Scale:
    """How large a system has to be."""

    polls: int
    clients: int = 1  # that post, each with a connection of its own where nobody shares

    @property
    def nginx(self) -> NginxSettings:
        processes = max(os.cpu_count() or 1, -(-self.polls // POLLS_PER_NGINX))
        # Without reuseport the process that is awake takes most of the connections that come at
        # once, and what is measured is the chance of the day.
        return NginxSettings(processes, reuseport=True)

    @property
    def workers(self) -> int:
        return max(2, -(-self.polls // POLLS_PER_WORKER))


class System:
    """One of those that are compared. Started once, it serves several rounds."""

    name: str
    title: str
    dialect = "chat"  # of the load generator
    most_polls: int | None = None
    durable = True
    waits = True  # polls are parked
    times_out = True  # polls that hear nothing are answered after a while
    rests = True  # polls that are parked cost no CPU

    def __init__(
        self,
        directory: Path,
        scale: Scale,
        postgres_settings=(),
        workers: int | None = None,
        make_postgres=Postgres,
    ):
        self.var = directory / self.name
        self.scale = scale
        self.worker_count = workers or scale.workers
        self.postgres_settings = tuple(postgres_settings)
        self.make_postgres = make_postgres

    def start(self) -> None:
        raise NotImplementedError

    def stop(self) -> list[str]:
        raise NotImplementedError

    def pids(self) -> dict[str, list[int]]:
        """The processes by what they do: nginx, worker, postgres."""
        raise NotImplementedError

    def parked(self) -> int | None:
        """How many polls wait, as far as the system knows it."""
        return None

    def all_parked(self) -> bool:
        """Waits for it, for a system may count with delay; true where nobody counts."""
        return wait_until(lambda: self.parked() in (None, self.scale.polls), PARKED_S, 0.1)

    @property
    def target(self) -> str:
        return f"127.0.0.1:{self.nginx.port}"

    def text(self, path: str) -> str:
        try:
            with urllib.request.urlopen(f"http://{self.target}{path}", timeout=10) as answer:
                return answer.read().decode()
        except OSError as error:
            raise Failure(f"{self.title} does not answer {path}: {error}.") from None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, error, traceback) -> None:
        complaints = self.stop()
        if complaints and error is None:
            raise Failure(f"{self.title}: {' '.join(complaints)}")


def program(name: str) -> Path:
    path = REPOSITORY / "build" / name
    if not os.access(path, os.X_OK):
        raise Failure(f"There is no {path}. Build it first: make build/{name}")
    return path


def number_after(words: str, text: str) -> int:
    """Of the line that begins with these words."""
    for line in text.splitlines():
        if line.startswith(words):
            return int(float(line[len(words) :]))
    raise Failure(f"'{words}' is not in what was answered: {json.dumps(text[:200])}")
