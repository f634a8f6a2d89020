"""Growth is measured on the worker that lived longest, after its warm-up."""

import os
import subprocess
import sys

from memory import Growth, Memory, resident_kb
from stack import wait_until


class Pool:
    """As much of Workers as Memory looks at."""

    def __init__(self, *pids: int):
        self._pids = list(pids)

    def pids(self) -> list[int]:
        return self._pids


def memory_of(samples: dict[int, list[int]]) -> Memory:
    memory = Memory(Pool())
    memory.stop()
    memory.samples = samples
    return memory


def test_a_real_process_is_sampled():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        memory = Memory(Pool(process.pid))
        try:
            assert wait_until(lambda: memory.peak_kb() > 1000, seconds=30)
        finally:
            memory.stop()
            process.stdin.close()
    assert resident_kb(os.getpid()) > 1000


def test_the_warm_up_does_not_count_and_the_longest_life_does():
    memory = memory_of({1: [9_000] * 10, 2: [1_000] * 20 + [5_000] * 80})
    assert memory.growth() == Growth(5_000, 5_000, 80)
    assert memory.peak_kb() == 9_000


def test_a_short_life_says_nothing():
    assert memory_of({1: [1_000] * 20}).growth() is None
    assert memory_of({}).growth() is None


def test_what_grows_for_minutes_is_a_leak():
    leaking = memory_of({1: [20_000 + 20 * second for second in range(600)]}).growth()
    assert leaking.is_leak()
    assert not memory_of({1: [20_000] * 600}).growth().is_leak()
    assert not memory_of({1: [20_000 + 20 * second for second in range(60)]}).growth().is_leak()
