"""The worker as a process: what it refuses to start with, and how it ends."""

import signal
import subprocess
import time

import pytest
from client import PATIENCE_S
from stack.workers import worker_binary


def start(var, **options) -> subprocess.Popen:
    arguments = [f"--{name}={value}" for name, value in options.items()]
    return subprocess.Popen(
        [worker_binary(), f"--listen={var / 's'}", *arguments], stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("conninfo", ["nonsense=1", "host", "postgresql://[::1"])
def test_a_connection_string_that_libpq_cannot_read_is_refused_by_name(var, conninfo):
    worker = start(var, database=conninfo)
    _, said = worker.communicate(timeout=PATIENCE_S)
    assert worker.returncode == 2
    assert said.startswith("chat-worker: --database: ")
    assert not (var / "s").exists()


@pytest.mark.parametrize("delay_ms", range(0, 40, 4))
def test_a_worker_that_is_told_to_stop_while_it_starts_stops(var, delay_ms):
    worker = start(var, database=f"host={var}")
    try:
        time.sleep(delay_ms / 1000)  # anywhere in its start
        worker.terminate()
        worker.communicate(timeout=PATIENCE_S)
        assert worker.returncode in (0, -signal.SIGTERM)
    finally:
        worker.kill()
