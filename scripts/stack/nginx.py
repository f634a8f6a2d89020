"""nginx, with the site as it is installed and a wrapper that gives it a place of its own."""

import errno
import os
import re
import resource
import shutil
import signal
import socket
from dataclasses import dataclass
from pathlib import Path

from .children import Child, Failure, wait_until
from .workspace import Workspace

REPOSITORY = Path(__file__).resolve().parents[2]
ATTEMPTS = 10


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def check_port(port: int) -> None:
    """Says beforehand, and in a sentence, what nginx would say in its log."""
    with socket.socket() as probe:
        # As nginx does it: connections of the last start that linger are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Failure(f"Port {port} is in use. Choose another: PORT={port + 1}") from None
            raise Failure(
                f"Port {port} cannot be used: {error.strerror}. "
                "Choose another, such as PORT=8080"
            ) from None


def raise_file_limit() -> int:
    """A waiting poll is two descriptors in nginx. Takes what we may have; children inherit it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return min(soft, 65536) if soft != resource.RLIM_INFINITY else 65536


@dataclass(frozen=True)
class NginxSettings:
    processes: int | None = None  # as many as there are cores
    reuseport: bool = False  # spreads connections evenly, where nobody reloads


class Nginx:
    def __init__(
        self,
        workspace: Workspace,
        port: int,
        worker_socket: Path,
        root: Path,
        settings: NginxSettings = NginxSettings(),
    ):
        self.workspace = workspace
        self.wanted_port = port
        self.port = 0
        self.worker_socket = worker_socket
        self.root = root
        self.settings = settings
        self._child: Child | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self._child.pid

    def pids(self) -> list[int]:
        """The processes that serve, and not the master."""
        try:
            children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        except OSError:
            return []
        return [int(pid) for pid in children.split()]

    def start(self) -> None:
        binary = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if binary is None:
            raise Failure("nginx is not installed. Run scripts/install-packages build run")
        if self.wanted_port:
            check_port(self.wanted_port)
        for _ in range(ATTEMPTS):
            self.port = self.wanted_port or free_port()
            self._write_configuration()
            self._launch(binary)
            if self._wait_until_listening():
                return
            words = self._child.last_words()
            # Somebody else may take a free port between our look and nginx's.
            if self.wanted_port or "98: " not in words:
                break
        self.stop()
        raise Failure(f"nginx did not start: {words}")

    def stop(self) -> str | None:
        return self._child.stop() if self._child is not None else None

    def running(self) -> bool:
        return self._child is not None and self._child.running()

    def reload(self) -> None:
        """Takes a changed configuration, as a service manager would; old polls are kept."""
        before = set(self.pids())
        os.kill(self.pid, signal.SIGHUP)
        if not wait_until(lambda: set(self.pids()) - before, seconds=10):
            raise Failure(f"nginx did not reload: {self._child.last_words()}")

    def _launch(self, binary: str) -> None:
        home = self.workspace.nginx
        command = [
            binary,
            "-e",
            str(self.workspace.log / "nginx-error.log"),
            "-p",
            f"{home}/",
            "-c",
            str(home / "nginx.conf"),
        ]
        self._child = Child(
            "nginx", command, self.workspace.log / "nginx.log", directory=home, env=dict(os.environ)
        )

    def _wait_until_listening(self) -> bool:
        def listening() -> bool:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return bool(self.pids())
            except OSError:
                return False

        wait_until(lambda: listening() or not self._child.running(), seconds=10)
        return self._child.running()

    def _write_configuration(self) -> None:
        source = REPOSITORY / "nginx"
        for path in (self.workspace.var, self.root, source):
            if re.search(r'["\\$;{}*?\[\]\n]', str(path)):
                raise Failure(f"nginx cannot use the path {path}: it has a special character.")
        home = self.workspace.nginx
        options = "backlog=4096" + " reuseport" * self.settings.reuseport
        site = replace(
            source / "chat.conf",
            {
                "include /usr/share/chat/nginx/": "include ",
                "listen 80;": f"listen 127.0.0.1:{self.port} {options};",
                "listen [::]:80;": "",
                "root /usr/share/chat/www;": f'root "{self.root}";',
                "/var/log/nginx/chat.access.log": f'"{self.workspace.log}/nginx-access.log"',
                # Tests and benchmarks come from loopback; what tests the limits comes from 127.9.
                "    default 0;": "    default 0;\n    127.0.0.0/8 1;\n    127.9.0.0/16 0;",
            },
        )
        (home / "chat.conf").write_text(site)
        for snippet in source.glob("chat-*.conf"):
            text = snippet.read_text().replace("/run/chat/chat.sock", str(self.worker_socket))
            # Beside nginx.conf. The operators of a chat that is installed here are not ours.
            text = re.sub(r"include (/usr/share/chat/nginx|/etc/nginx/chat)/", "include ", text)
            (home / snippet.name).write_text(text)
        wrapper = replace(
            source / "run.conf.in",
            {
                # A checkout below /root can be read by root alone; nginx listens on loopback only.
                "@USER@": "user root;" if os.getuid() == 0 else "",
                "worker_processes auto;": f"worker_processes {self.settings.processes or 'auto'};",
                "@VAR@": str(self.workspace.var),
                "@CONNECTIONS@": str(min(raise_file_limit(), 16384)),
            },
        )
        (home / "nginx.conf").write_text(wrapper)


def replace(path: Path, replacements: dict[str, str]) -> str:
    text = path.read_text()
    for old, new in replacements.items():
        if old not in text:
            raise Failure(f"{path} does not contain '{old}', which has to be replaced.")
        text = text.replace(old, new)
    return text
