"""The C++ clients (clients/) as a child: what they say becomes counts, errors and starts."""

import json
import os
import signal
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from stack import Failure

REPOSITORY = Path(__file__).resolve().parents[2]
END_S = 120


@dataclass(frozen=True)
class ClientError:
    kind: str
    who: str
    began: float  # of the request, in seconds of time.monotonic()
    ended: float
    detail: str


class Clients:
    def __init__(self, port: int, history: Path, *, spread: float, **numbers: int):
        self.history = history
        self.counts: dict = {}
        self.errors: list[ClientError] = []
        self.starts: list[dict] = []
        self._process = subprocess.Popen(
            [
                str(clients_binary()),
                f"--port={port}",
                f"--history={history}",
                f"--spread-s={max(1, int(spread))}",
                *(f"--{name}={number}" for name, number in numbers.items()),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,  # a Ctrl-C is for us
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def running(self) -> bool:
        return self._process.poll() is None

    def finish(self) -> None:
        """Lets the writers get their last answers and the readers read to the end."""
        self._process.stdin.close()
        try:
            status = self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure(f"The clients do not come to an end: {self.counts}") from None
        self._listener.join()
        if status != 0:
            raise Failure(f"The clients ended with status {status}.")

    def kill(self) -> None:
        if self.running():
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def _listen(self) -> None:
        for line in self._process.stdout:
            fields = json.loads(line)
            if "error" in fields:
                self.errors.append(
                    ClientError(
                        fields["error"],
                        fields["who"],
                        fields["from"] / 1000,
                        fields["to"] / 1000,
                        fields["detail"],
                    )
                )
            elif "reader" in fields:
                self.starts.append(fields)
            else:
                fields["read"] = sum(kind["read"] for kind in fields["kinds"].values())
                self.counts = fields


def clients_binary() -> Path:
    path = Path(os.environ.get("CHAOS_CLIENTS") or REPOSITORY / "build/chaos-clients")
    if not os.access(path, os.X_OK):
        raise Failure(f"There are no clients at {path}. Build them first: make build/chaos-clients")
    return path
