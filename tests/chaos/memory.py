"""The resident memory of the workers, through a run."""

import threading
from dataclasses import dataclass
from pathlib import Path

PAUSE_S = 1.0


@dataclass(frozen=True)
class Growth:
    first_kb: int
    last_kb: int
    seconds: float

    def is_leak(self) -> bool:
        """In five minutes at constant load nothing should grow; a tenth may be the allocator's."""
        return self.seconds >= 300 and self.last_kb > 1.1 * self.first_kb + 2048

    def __str__(self) -> str:
        mb = 1024
        return f"{self.first_kb / mb:.1f} MB to {self.last_kb / mb:.1f} MB in {self.seconds:.0f} s"


class Memory:
    """Looks at every worker each second until it is stopped."""

    def __init__(self, workers):
        self.workers = workers
        self.samples: dict[int, list[int]] = {}  # kB by process, one a second
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def growth(self) -> Growth | None:
        """Of the worker that lived longest, once its window of messages was full: a fifth of its
        life is warm-up. The first and last are the greatest of ten seconds."""
        longest = max(self.samples.values(), key=len, default=[])
        warm = longest[len(longest) // 5 :]
        if len(warm) < 20:
            return None
        return Growth(max(warm[:10]), max(warm[-10:]), len(warm) * PAUSE_S)

    def peak_kb(self) -> int:
        return max((max(samples) for samples in self.samples.values()), default=0)

    def _watch(self) -> None:
        while not self._ended.wait(PAUSE_S):
            for pid in self.workers.pids():
                if (kb := resident_kb(pid)) is not None:
                    self.samples.setdefault(pid, []).append(kb)


def resident_kb(pid: int) -> int | None:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None  # gone meanwhile
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), None)
