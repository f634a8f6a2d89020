"""A bare machine: Debian's or Ubuntu's smallest system with git, make and sudo, in a directory.

Made once with mmdebstrap and kept in a cache, with the packages that were fetched for it; unpacked
for each test and removed afterwards. Its processes are seen and ended with it, its network is ours.
"""

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("CHAT_BARE_CACHE") or "/var/cache/chat-test-bare")
MIRROR = os.environ.get("MIRROR") or ""
KEYRING = os.environ.get("KEYRING") or ""
RELEASES = {"bookworm": "Debian 12", "trixie": "Debian 13", "noble": "Ubuntu 24.04"}
PLACE = Path("/var/tmp")
PLAIN_USER = "somebody"
DAY_S = 24 * 3600


class Impossible(Exception):
    """The machine that runs the test cannot do it; the sentence says why."""


def need_rights_and_programs() -> None:
    """Says at once what is missing here, and not after minutes."""
    if os.getuid() != 0:
        raise Impossible("Only root can make a machine in a directory (sudo make test-bare).")
    needed = {"mmdebstrap": "mmdebstrap", "unshare": "util-linux", "pivot_root": "util-linux"}
    for program, package in needed.items():
        if shutil.which(program) is None:
            raise Impossible(f"{program} is not installed (Debian: {package}).")
    tried = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "mount", "-t", "tmpfs", "none", "/mnt"],
        capture_output=True,
        text=True,
    )
    if tried.returncode != 0:
        raise Impossible(f"This root may not mount (CAP_SYS_ADMIN): {tried.stderr.strip()}")


def proxy() -> str:
    """The proxy that apt uses here."""
    said = subprocess.run(
        ["apt-config", "shell", "proxy", "Acquire::http::Proxy"], capture_output=True, text=True
    )
    return "".join(shlex.split(said.stdout)).removeprefix("proxy=")


def image(release: str) -> Path:
    """The packed system, of the last week: an older one only gets more to fetch."""
    mark = MIRROR.strip("/").replace("/", "_").replace(":", "")
    path = CACHE / f"{release}{'-' if mark else ''}{mark}.tar"
    if path.exists() and time.time() - path.stat().st_mtime < 7 * DAY_S:
        return path
    CACHE.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{os.getpid()}-{path.name}")
    command = ["mmdebstrap", "--quiet", "--variant=minbase", "--include=apt,git,make,sudo"]
    if release == "noble":
        command += ["--components=main,universe"]
    if KEYRING:
        command += [f"--keyring={KEYRING}"]
    if via := proxy():
        command += [f'--aptopt=Acquire::http::Proxy "{via}"']
    command += [release, str(unfinished)] + ([MIRROR] if MIRROR else [])
    try:
        made = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if made.returncode != 0:
            raise Impossible(f"{RELEASES[release]} cannot be fetched here: {made.stderr[-500:]}")
        shutil.rmtree(packages_of(path), ignore_errors=True)  # these grow old as well
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def packages_of(packed: Path) -> Path:
    """Where the packages are that machines of this system have fetched."""
    return packed.with_suffix(".packages")


def lend(source: Path, target: Path) -> None:
    """Packages are never written to, so that one file can be in several directories."""
    for package in source.glob("*.deb"):
        if not (target / package.name).exists():
            unfinished = target / f"{package.name}.{os.getpid()}"
            try:
                os.link(package, unfinished)
            except OSError:
                shutil.copy(package, unfinished)  # another file system
            unfinished.rename(target / package.name)


@contextmanager
def directory_for_one():
    """Removed afterwards, and so are those of earlier ones that were killed."""
    for old in PLACE.glob("chat-bare-*-*"):
        if not Path("/proc", old.name.split("-")[2]).exists():
            shutil.rmtree(old)
    directory = Path(tempfile.mkdtemp(prefix=f"chat-bare-{os.getpid()}-", dir=PLACE))
    try:
        yield directory
    finally:
        shutil.rmtree(directory)


class Machine:
    """One system of its own, with a clean clone that belongs to `user`."""

    def __init__(self, release: str, user: str, directory: Path):
        self.root = directory
        self.user = user
        packed = image(release)
        subprocess.run(["tar", "-xf", packed, "-C", directory], check=True)
        self.root.chmod(0o755)
        self._kept_packages = packages_of(packed)
        self._packages = self.root / "var/cache/apt/archives"
        lend(self._kept_packages, self._packages)
        self._take_over_from_host()
        if user != "root":
            self._make_user()
        self._clone()

    def start(self, command: list[str], output) -> subprocess.Popen:
        """Runs a command in there. It and all that it starts end when we do."""
        enter = ["setpriv", "--pdeathsig", "KILL"]
        enter += ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
        enter += [str(REPOSITORY / "tests/bare/enter"), str(self.root), self.user]
        return subprocess.Popen(
            [*enter, *command],
            env={"PATH": os.environ["PATH"]},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )

    def interrupt(self, process: subprocess.Popen) -> None:
        """As Ctrl-C in the terminal in which the command runs."""
        os.killpg(process.pid, signal.SIGINT)

    def keep_packages(self) -> None:
        """What was fetched need not be fetched for the next one."""
        self._kept_packages.mkdir(parents=True, exist_ok=True)
        lend(self._packages, self._kept_packages)

    def _take_over_from_host(self) -> None:
        """What every machine has, whoever set it up: names, and the authorities of its network."""
        for name in ("etc/hosts", "etc/hostname", "etc/resolv.conf"):
            if Path("/", name).exists():
                shutil.copy(Path("/", name), self.root / name)
        authorities = Path("/usr/local/share/ca-certificates")
        if authorities.is_dir():
            shutil.copytree(authorities, self.root / str(authorities)[1:], dirs_exist_ok=True)
        # Nobody misses these files after a loss of power.
        (self.root / "etc/dpkg/dpkg.cfg.d/fast").write_text("force-unsafe-io\n")

    def _make_user(self) -> None:
        inside = ["chroot", str(self.root)]
        add = ["useradd", "--create-home", "--shell=/bin/bash", self.user]
        subprocess.run([*inside, *add], check=True)
        rule = self.root / "etc/sudoers.d" / self.user
        rule.write_text(f"{self.user} ALL=(ALL) NOPASSWD: ALL\n")
        rule.chmod(0o440)

    def _clone(self) -> None:
        """What was committed, and nothing else. Root's is where the others may read it: there are
        tests in which root starts things as somebody else."""
        place = "srv" if self.user == "root" else f"home/{self.user}"
        clone = self.root / place / "chat"
        command = ["git", "clone", "--quiet", "--depth=1", f"file://{REPOSITORY}", str(clone)]
        subprocess.run(command, check=True)
        owner = ["chown", "-R", f"{self.user}:{self.user}", f"/{place}/chat"]
        subprocess.run(["chroot", str(self.root), *owner], check=True)
