"""Debian systems to install the package on: made once, kept in a cache, never written to again.

For each release there is an image with systemd, nginx and PostgreSQL, and a layer over it that can
build the package. Everything else happens on throw-away overlays.
"""

import hashlib
import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("CHAT_TEST_IMAGES") or "/var/cache/chat-test-install")
RELEASES = {"bookworm": "Debian 12", "trixie": "Debian 13"}

# A server as people have it before they install the chat; and one on which there is nothing yet.
# curl is there for the questions of the test.
SERVER = "systemd-sysv,dbus,nginx,postgresql,curl,iproute2,python3,openssl,procps"
BARE = SERVER.replace("nginx,postgresql,", "")
KINDS = {"server": SERVER, "bare": BARE}


class Impossible(Exception):
    """The machine that runs the test cannot do it; the sentence says why."""


def log(sentence: str) -> None:
    print(f"-- {sentence}", flush=True)


def run(*command, **arguments) -> str:
    """Runs a command of this machine; what it printed comes back, or goes into the error."""
    done = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **arguments,
    )
    if done.returncode != 0:
        raise RuntimeError(
            f"{' '.join(map(str, command))}: status {done.returncode}\n{done.stdout}"
        )
    return done.stdout


@contextmanager
def needed_here():
    """What fails inside of it is not the package's fault."""
    try:
        yield
    except RuntimeError as error:
        raise Impossible(f"This machine cannot prepare the test: {error}") from None


@contextmanager
def overlay(lower: list[Path], upper: Path, work: Path, merged: Path):
    """What is changed in `merged` is written to `upper`; of `lower` the first wins."""
    for directory in (upper, work, merged):
        directory.mkdir(parents=True, exist_ok=True)
    layers = ":".join(map(str, lower))
    options = f"lowerdir={layers},upperdir={upper},workdir={work}"
    with needed_here():
        run("mount", "-t", "overlay", "overlay", "-o", options, merged)
    try:
        yield merged
    finally:
        run("umount", merged)


def image(release: str, kind: str = "server") -> Path:
    """The system before the chat is installed."""
    path = CACHE / (release if kind == "server" else f"{release}-{kind}")
    if _current(path, KINDS[kind]):
        return path
    log(f"Making the image of {RELEASES[release]} in {path} (once)")
    unfinished = CACHE / f"{path.name}.new"
    for old in (path, unfinished):
        shutil.rmtree(old, ignore_errors=True)
    (CACHE / f"{path.name}.dependencies").unlink(missing_ok=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    with needed_here():
        command = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={KINDS[kind]}"]
        run(*command, release, unfinished)
    unfinished.rename(path)
    _mark(path, KINDS[kind])
    return path


def build_layer(release: str) -> Path:
    """What is over the image where the package is built: what debian/control names, and ccache,
    which makes the second build a short one."""
    base = image(release)
    path = CACHE / f"{release}-build"
    control = (REPOSITORY / "debian/control").read_text()
    wanted = re.search(r"^Build-Depends:\n((?: .*\n)+)", control, re.MULTILINE).group(1)
    wanted += SERVER
    if _current(path, wanted):
        return path
    log(f"Installing what builds the package on {RELEASES[release]} in {path} (once)")
    shutil.rmtree(path, ignore_errors=True)
    with overlay(
        [base], path, CACHE / f"{release}-build.work", CACHE / f"{release}-build.root"
    ) as root:
        (root / "root/chat/debian").mkdir(parents=True)
        shutil.copy(REPOSITORY / "debian/control", root / "root/chat/debian")
        shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
        script = """
            apt-get update -qq
            apt-get install -qq --no-install-recommends build-essential ccache lintian
            apt-get build-dep -qq --no-install-recommends /root/chat
            rm -r /root/chat"""
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
        with needed_here():
            run("chroot", root, "sh", "-ec", script, env=environment)
    _mark(path, wanted)
    return path


def _marker(path: Path) -> Path:
    return path.with_name(path.name + ".contents")


def _digest(contents: str) -> str:
    return hashlib.sha256(contents.encode()).hexdigest()


def _current(path: Path, contents: str) -> bool:
    marker = _marker(path)
    return path.is_dir() and marker.is_file() and marker.read_text() == _digest(contents)


def _mark(path: Path, contents: str) -> None:
    _marker(path).write_text(_digest(contents))
