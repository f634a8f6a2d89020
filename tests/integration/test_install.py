"""`make install` to another place than the package's."""

import re
import subprocess

from conftest import REPOSITORY
from stack.workers import worker_binary

NAMED = re.compile(r"(/\S*?/(?:bin|sbin|share|lib)/[\w./@-]*\w)")


def test_what_is_installed_elsewhere_names_that_place_and_what_is_there(var):
    subprocess.run(
        [REPOSITORY / "scripts/install"],
        env={"PATH": "/usr/bin:/bin", "DESTDIR": str(var), "PREFIX": "/opt/chat"}
        | {"WORKER": str(worker_binary())},
        check=True,
    )
    texts = [path for path in (var / "opt/chat").rglob("*") if is_made_for_a_place(path)]
    assert {path.suffix for path in texts} >= {"", ".conf", ".service", ".socket", ".8"}
    named = set()
    for path in texts:
        text = path.read_text()
        assert "/usr/share/chat" not in text and "/usr/bin/chat" not in text, path
        named |= {name for name in NAMED.findall(text) if name.startswith("/opt/chat/")}
    assert {name for name in named if not (var / name.lstrip("/")).exists()} == set()
    assert "/opt/chat/bin/chat-worker" in named


def is_made_for_a_place(path) -> bool:
    """Not the documents, which are written for the package, nor the page and the worker."""
    return path.is_file() and "www" not in path.parts and path.suffix != ".md" and is_text(path)


def is_text(path) -> bool:
    return b"\0" not in path.read_bytes()
