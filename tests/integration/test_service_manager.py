"""The worker under a service manager: a socket of ours takes what systemd would be told."""

import os
import signal
import socket
import subprocess
import time
from contextlib import contextmanager

import pytest
from client import PATIENCE_S
from stack.workers import worker_binary, worker_environment


class Manager:
    """The end of sd_notify(3) that systemd has."""

    def __init__(self, path):
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.settimeout(PATIENCE_S)

    def hears(self, assignment: str) -> dict:
        """Waits for the message that says so."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            assert time.monotonic() < deadline, f"nothing says {assignment}"
            lines = self.socket.recv(4096).decode().splitlines()
            if assignment in lines:
                return dict(line.split("=", 1) for line in lines)


@contextmanager
def worker_of(var, database: str, **environment):
    manager = Manager(var / "notify")
    env = worker_environment(dict(os.environ)) | {"NOTIFY_SOCKET": str(manager.path)}
    worker = subprocess.Popen(
        [worker_binary(), f"--listen={var / 's'}", f"--database={database}"],
        env=env | environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield worker, manager
    finally:
        worker.kill()
        worker.wait()
        manager.socket.close()


@pytest.fixture
def database(postgres) -> str:
    return postgres.conninfo("chat_worker")


def test_a_worker_is_ready_when_it_takes_requests_and_says_when_it_stops(var, database):
    with worker_of(var, database) as (worker, manager):
        manager.hears("READY=1")
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).connect(str(var / "s"))
        worker.terminate()
        manager.hears("STOPPING=1")
        assert worker.wait(PATIENCE_S) == 0


def test_a_worker_without_its_database_is_ready_too_and_says_what_is_wrong(var):
    with worker_of(var, f"host={var}") as (_, manager):
        manager.hears("READY=1")
        manager.hears("STATUS=0 polls and streams wait, 0 connections; the database is away")


def test_the_watchdog_is_fed_for_as_long_as_the_loop_turns(var, database):
    with worker_of(var, database, WATCHDOG_USEC="400000") as (worker, manager):
        manager.hears("READY=1")
        for _ in range(3):
            status = manager.hears("WATCHDOG=1")["STATUS"]
            assert status == "0 polls and streams wait, 0 connections; the database answers"
        os.kill(worker.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, worker.pid, os.WSTOPPED)
        manager.socket.setblocking(False)
        with pytest.raises(BlockingIOError):  # once what it said before is read
            while True:
                manager.socket.recv(4096)
        manager.socket.settimeout(PATIENCE_S)
        os.kill(worker.pid, signal.SIGCONT)
        manager.hears("WATCHDOG=1")


def test_a_watchdog_of_another_process_is_not_fed(var, database):
    with worker_of(var, database, WATCHDOG_USEC="400000", WATCHDOG_PID="1") as (_, manager):
        manager.hears("READY=1")
        for _ in range(2):
            assert "WATCHDOG" not in manager.hears(
                "STATUS=0 polls and streams wait, 0 connections; the database answers"
            )
