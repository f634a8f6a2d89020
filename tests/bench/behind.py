"""A program of ours behind nginx: it has a listening socket as its standard input."""

import os
import socket

from stack import Failure, Workspace, processes_in, wait_until
from stack.children import Child

from .system import program

READY_S = 120


class Behind:
    def __init__(self, workspace: Workspace, name: str, arguments: list[str], env=os.environ):
        self.socket_path = workspace.sockets / f"{name}.sock"
        self._workspace = workspace
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.socket_path))
        self._listener.listen(4096)
        self._child = Child(
            f"bench-{name}",
            [str(program(f"bench-{name}")), *arguments],
            workspace.log / f"{name}.log",
            directory=workspace.workers,
            env=dict(env),
            stdin=self._listener.fileno(),
        )
        wait_until(lambda: self._ready() or not self._child.running(), READY_S)
        if not self._ready() or not self._child.running():
            words = self._child.last_words()
            self.stop()
            raise Failure(f"bench-{name} did not start: {words}")

    def pids(self) -> list[int]:
        """Of all its processes, which have its directory."""
        return processes_in(self._workspace.workers)

    def stop(self) -> str | None:
        complaint = self._child.stop()
        wait_until(lambda: not self.pids(), 10)
        self._listener.close()
        return complaint

    def _ready(self) -> bool:
        return "ready" in self._child.output()
