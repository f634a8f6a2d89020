"""What scripts/install-packages changes of the system while apt works is as it was afterwards.

It runs for real, on layers over a bare /etc and over this machine's /usr/sbin and /var/lib. apt-get
alone is a script, which looks around and says that all is installed.
"""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from conftest import REPOSITORY

INSTALL = REPOSITORY / "scripts/install-packages"
GROUPS = ["build", "run", "test", "chaos", "bench", "fuzz", "lint", "deb", "boot", "bare"]
LAID_OVER = ("/etc", "/usr/sbin", "/var/lib")
BARE_ETC = ("passwd", "group", "nsswitch.conf", "ld.so.cache", "os-release", "alternatives")
APT_GET = """#!/bin/sh
case " $* " in *' --simulate '* | *' update '*) exit 0 ;; esac
cp /usr/sbin/policy-rc.d "$SEEN/policy"
cat /etc/postgresql-common/*.conf /etc/postgresql-common/*/*.conf >"$SEEN/cluster"
[ -z "${KILL-}" ] || kill -9 "$PPID"
exit "${STATUS-0}"
"""


class System:
    """This machine, on which nothing is changed: what is written goes to `changes`."""

    def __init__(self, var: Path):
        self.var = var
        self.programs = var / "bin"
        self.programs.mkdir()
        for name, text in (("apt-get", APT_GET), ("systemctl", "#!/bin/sh\nexit 1\n")):
            (self.programs / name).write_text(text)
            (self.programs / name).chmod(0o755)
        # To dpkg with an empty database everything is missing.
        (var / "dpkg").mkdir()
        (var / "dpkg/status").write_text("")
        etc = var / "etc"
        etc.mkdir()
        known = [Path("/etc", name) for name in BARE_ETC]
        subprocess.run(["cp", "--archive", *known, etc], check=True)
        mounts = []
        for path in LAID_OVER:
            upper, work = self.upper(path), var / f"work{path.replace('/', '-')}"
            upper.mkdir(parents=True)
            work.mkdir()
            lower = etc if path == "/etc" else path
            options = f"lowerdir={lower},upperdir={upper},workdir={work}"
            mounts.append(f"mount -t overlay -o {options} overlay {path} || exit 77")
        self.prepare = "\n".join(mounts)

    def upper(self, path: str) -> Path:
        return self.var / "changes" / path[1:].replace("/", "-")

    def install(self, *groups: str, before: str = "", **environment) -> subprocess.CompletedProcess:
        script = f'{self.prepare}\n{before}\nexec "$@"'
        environment |= {"SEEN": str(self.var), "DPKG_ADMINDIR": str(self.var / "dpkg")}
        environment["PATH"] = f"{self.programs}:{os.environ['PATH']}"
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", script, "sh", INSTALL, *groups],
            env=os.environ | environment,
            capture_output=True,
            text=True,
        )
        if done.returncode == 77:
            pytest.skip(f"nothing can be laid over a directory here: {done.stderr}")
        return done

    def changes(self) -> list[str]:
        """Files only: a directory appears here as soon as something in it is made, and stays."""
        found = []
        for path in LAID_OVER:
            upper = self.upper(path)
            files = [file for file in upper.rglob("*") if not file.is_dir()]
            found += [f"{path}/{file.relative_to(upper)}" for file in files]
        return found


@pytest.fixture
def system(var):
    if os.getuid() != 0:
        pytest.skip("only root may lay something over a directory")
    return System(var)


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("status", [0, 1])
def test_no_group_leaves_a_changed_setting(system, group, status):
    done = system.install(group, STATUS=str(status))
    assert (done.returncode == 0) == (status == 0), done.stderr
    assert "exit 101" in (system.var / "policy").read_text()
    assert "create_main_cluster = false" in (system.var / "cluster").read_text()
    assert system.changes() == []


def test_what_a_killed_one_left_goes_with_the_next(system):
    assert system.install("deb", KILL="1").returncode == -signal.SIGKILL
    assert system.changes() != []
    assert system.install("deb").returncode == 0
    assert system.changes() == []


def test_a_policy_of_somebody_else_stays(system):
    theirs = "printf '#!/bin/sh\\nexit 0\\n' >/usr/sbin/policy-rc.d"
    assert system.install("deb", before=theirs).returncode == 0
    assert system.changes() == ["/usr/sbin/policy-rc.d"]
    assert (system.upper("/usr/sbin") / "policy-rc.d").read_text() == "#!/bin/sh\nexit 0\n"
