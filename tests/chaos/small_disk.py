"""A small disk that has the messages alone, and that a fault fills. Only root may mount one."""

import os
import shutil
import subprocess

from stack import Failure

SIZE = "1g"
STEPS = (1 << 24, 1 << 20, 1 << 16, 1 << 12)  # bytes; the last is a page of the disk


class SmallDisk:
    def __init__(self, stack):
        self.stack = stack
        self.path = stack.workspace.var / "disk"
        self._filling = self.path / "filling"
        self._mounted = False

    def take_messages(self) -> None:
        """Moves the table there; its indexes and the WAL stay where they are."""
        if os.geteuid() != 0:
            raise Failure("FAULTS has fill, which mounts a small disk: only root may.")
        self.path.mkdir()
        options = f"size={SIZE},mode=0755"
        command = ["mount", "-t", "tmpfs", "-o", options, "chat-chaos", self.path]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"A small disk cannot be mounted here: {done.stderr.strip()}")
        self._mounted = True
        space = self.path / "space"
        space.mkdir()
        if self.stack.postgres.user:
            shutil.chown(space, self.stack.postgres.user)
        self.stack.postgres.psql(f"CREATE TABLESPACE small LOCATION '{space}'")
        self.stack.postgres.psql("ALTER TABLE chat.messages SET TABLESPACE small")

    def fill(self) -> None:
        end = 0
        with self._filling.open("wb") as file:
            for step in STEPS:
                try:
                    while True:
                        os.posix_fallocate(file.fileno(), end, step)
                        end += step
                except OSError:
                    pass

    def empty(self) -> None:
        self._filling.unlink()

    def remove(self) -> None:
        """When PostgreSQL has stopped."""
        if self._mounted:
            subprocess.run(["umount", self.path], check=True)
