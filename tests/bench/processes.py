"""What processes use, as the kernel counts it."""

import os
import time
from collections.abc import Iterable
from pathlib import Path

QUIET_PAUSE_S = 0.05
QUIET_SHARE = 0.04  # of a core; a look for news each second and the clock's interrupts are less
QUIET_TIMES = 3

Pids = dict[str, list[int]]


def cpu_ns(pids: Iterable[int]) -> int:
    """Time on a CPU of all threads that live. The scheduler counts in nanoseconds, where `stat` has
    ticks of 10 ms."""
    total = 0
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            try:
                total += int(thread.read_text().split()[0])
            except OSError:
                continue  # gone meanwhile
    return total


def cpu_of_a_family_ns(pids: Iterable[int]) -> int:
    """Also of children that have ended and were waited for, in ticks."""
    ticks = 0
    # The eldest, whose number is the smallest, last: it inherits from those who end meanwhile.
    for pid in sorted(pids, reverse=True):
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            continue
        ticks += sum(map(int, stat.rpartition(")")[2].split()[11:15]))
    return ticks * 10**9 // os.sysconf("SC_CLK_TCK")


def cpu_by_role(pids: Pids) -> dict[str, int]:
    return {role: cpu_ns(some) for role, some in pids.items()}


def used_since(before: dict[str, int], pids: Pids) -> dict[str, int]:
    return {role: after - before[role] for role, after in cpu_by_role(pids).items()}


def wait_until_quiet(pids: Pids, seconds: float, share: float = QUIET_SHARE) -> bool:
    """Until nothing is left to do: that all who were woken wait again is seen from outside, in
    every system alike."""
    everybody = [pid for some in pids.values() for pid in some]
    deadline = time.monotonic() + seconds
    quiet, before = 0, cpu_ns(everybody)
    while quiet < QUIET_TIMES:
        if time.monotonic() > deadline:
            return False
        time.sleep(QUIET_PAUSE_S)
        now = cpu_ns(everybody)
        quiet = quiet + 1 if now - before < share * QUIET_PAUSE_S * 1e9 else 0
        before = now
    return True


def memory_kb(pids: Iterable[int]) -> int:
    """What they use together: each page that they share counts once among them (PSS)."""
    return sum(kb_of(Path(f"/proc/{pid}/smaps_rollup"), ("Pss",)) for pid in pids)


def kernel_memory_kb() -> int:
    """Of the whole machine: sockets, descriptors, page tables, stacks."""
    return kb_of(Path("/proc/meminfo"), ("Slab", "KernelStack", "PageTables"))


def kb_of(path: Path, names: tuple[str, ...]) -> int:
    fields = (line.split() for line in path.read_text().splitlines())
    return sum(int(words[1]) for words in fields if words[0].rstrip(":") in names)
