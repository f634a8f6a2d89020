"""nginx as what the chat is compared with: the same binary, events and log, other locations."""

import os
import re
from pathlib import Path

from stack import Failure, Nginx, NginxSettings, Workspace
from stack.nginx import raise_file_limit, replace

from . import REPOSITORY

HERE = Path(__file__).with_name("peers")
NCHAN = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")

# As the chat writes a message.
ONE_MESSAGE = (
    '{{"id":"01a2131a-d648-0001-75da-4aaf8f27b074","created_at":"2026-01-01T00:00:00.000Z",'
    '"body":"{body}","room":"bench-0","author":null}}'
)


class PeerNginx(Nginx):
    """Serves one of the files of peers/."""

    def __init__(self, workspace: Workspace, peer: str, settings: NginxSettings, **names: str):
        super().__init__(workspace, 0, Path(), Path(), settings)
        self.peer = peer
        self.names = {f"@{name.upper()}@": text for name, text in names.items()}

    def _write_configuration(self) -> None:
        log = (REPOSITORY / "nginx/chat-log.conf").read_text()
        locations = replace(HERE / f"{self.peer}.conf", self.names)
        text = replace(
            HERE / "nginx.conf.in",
            {
                "@MODULES@": f'load_module "{nchan_module()}";' if self.peer == "nchan" else "",
                "@USER@": "user root;" if os.getuid() == 0 else "",
                "@PROCESSES@": str(self.settings.processes or "auto"),
                "@CONNECTIONS@": str(min(raise_file_limit(), 16384)),
                "@VAR@": str(self.workspace.var),
                "@LOG_FORMAT@": log,
                "@LOG_OPTIONS@": log_options_of_the_chat(),
                "@PORT@": str(self.port),
                "@REUSEPORT@": "reuseport" * self.settings.reuseport,
                "@LOCATIONS@": locations,
            },
        )
        (self.workspace.nginx / "nginx.conf").write_text(text)


def nchan_module() -> Path:
    if not NCHAN.exists():
        raise Failure("nchan is not installed. Run scripts/install-packages bench")
    return NCHAN


def headers_of_the_chat() -> str:
    """What the site adds to every answer, and the one that only a worker knows."""
    site = (REPOSITORY / "nginx/chat-settings.conf").read_text()
    lines = re.findall(r'^add_header [^$\n]+ "?[^$\n]*"? always;$', site, re.MULTILINE)
    return "\n".join([*lines, "add_header Cache-Control no-store always;"])


def log_options_of_the_chat() -> str:
    """How often it is written is a tenth of nginx's work, so it is the same for all."""
    site = (REPOSITORY / "nginx/chat.conf").read_text()
    return one(r"(?<= chat_json)[^;]*(?=;)", site).strip()


def one(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    if found is None:
        raise Failure(f"The site has no '{pattern}'.")
    return found[0]
