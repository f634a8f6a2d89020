"""A booted Debian: systemd, nginx and PostgreSQL on an overlay over a cached image, in a network of
its own with nothing but loopback."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from images import Impossible, image, overlay

BOOT_S = 90
SETTLED = ("running", "degraded")


class Machine:
    def __init__(self, release: str, directory: Path, kind: str = "server"):
        self.release = release
        self.directory = directory
        self.root = directory / "root"
        self.console = directory / "console.log"
        self._nspawn: subprocess.Popen | None = None
        self._init = 0
        self._overlay = overlay(
            [image(release, kind)], directory / "changes", directory / "work", self.root
        )

    def __enter__(self) -> "Machine":
        self._overlay.__enter__()
        try:
            self.boot()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind, error, traceback) -> None:
        self.power_off()
        self._overlay.__exit__(kind, error, traceback)
        shutil.rmtree(self.directory, ignore_errors=True)

    def boot(self) -> None:
        """Returns when systemd has started everything."""
        command = ["systemd-nspawn", "--quiet", f"--directory={self.root}"]
        command += [f"--machine=chat-test-{os.getpid()}", "--register=no", "--keep-unit"]
        command += ["--private-network", "--boot", "--console=pipe", "--link-journal=no"]
        self._nspawn = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=self.console.open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        deadline = time.monotonic() + BOOT_S
        while self._state() not in SETTLED:
            if self._nspawn.poll() is not None or time.monotonic() > deadline:
                words = self.console.read_text(errors="replace")[-1000:]
                self.power_off()
                raise Impossible(f"systemd-nspawn cannot boot {self.release} here: {words}")
            time.sleep(0.1)

    def reboot(self) -> None:
        """Orderly. nspawn ends with status 133 when its machine wants to start again."""
        self.run("systemctl", "reboot", check=False)
        self._nspawn.wait(BOOT_S)
        self.boot()

    def power_off(self) -> None:
        if self._nspawn is None:
            return
        if self._nspawn.poll() is None:
            self._nspawn.send_signal(signal.SIGTERM)  # nspawn asks its init to power off
            try:
                self._nspawn.wait(30)
            except subprocess.TimeoutExpired:
                self._nspawn.kill()
                self._nspawn.wait()
        self._nspawn = None

    def command(self, *words, user: str = "root") -> list[str]:
        """What this machine runs to have `words` run in that one."""
        enter = ["nsenter", f"--target={self._init}", "--all", "--root", "--wd"]
        if user != "root":
            enter += ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--"]
        return enter + [str(word) for word in words]

    def run(self, *words, user: str = "root", check: bool = True, seconds: float = 180) -> str:
        """Runs a command; returns what it printed, or raises with that."""
        done = subprocess.run(
            self.command(*words, user=user),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=seconds,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/root"},
        )
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(map(str, words))}: {done.returncode}\n{done.stdout}")
        return done.stdout.strip()

    def shell(self, script: str, **arguments) -> str:
        return self.run("sh", "-c", script, **arguments)

    def succeeds(self, *words, user: str = "root") -> bool:
        return (
            subprocess.run(
                self.command(*words, user=user),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ).returncode
            == 0
        )

    def until(self, condition, what: str, seconds: float = 60) -> float:
        """Waits for an event and says how long that took."""
        began = time.monotonic()
        while not condition():
            if time.monotonic() - began > seconds:
                raise AssertionError(f"not within {seconds} s: {what}\n{self.journal()}")
            time.sleep(0.02)
        return time.monotonic() - began

    def journal(self, lines: int = 30) -> str:
        return self.run("journalctl", "-q", "--no-pager", "-n", lines, check=False)

    def workers(self) -> dict[int, int]:
        """The pids of the workers, by instance, as the machine numbers them."""
        units = self.shell(
            "systemctl show --property=Id,MainPID --value 'chat-worker@*.service'", check=False
        )
        found = {}
        for unit in filter(None, units.split("\n\n")):
            lines = unit.split("\n")
            name = next(line for line in lines if line.startswith("chat-worker@"))
            pid = next(line for line in lines if line.isdigit())
            if pid != "0":
                found[int(name.split("@")[1].split(".")[0])] = int(pid)
        return found

    def _state(self) -> str:
        children = Path(f"/proc/{self._nspawn.pid}/task/{self._nspawn.pid}/children")
        try:
            self._init = int(children.read_text().split()[0])
        except (OSError, IndexError):
            return "starting"
        return self.run("systemctl", "is-system-running", check=False)
