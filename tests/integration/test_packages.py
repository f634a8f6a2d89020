"""What scripts say about the tools of a machine that are missing, do not start, or are others."""

import os
import subprocess
from pathlib import Path

import pytest

from conftest import REPOSITORY
from test_run import AS_ROOT, NOBODY, needs_a_readable_checkout

INSTALL = REPOSITORY / "scripts/install-packages"
BROWSER = REPOSITORY / "scripts/browser"
DECIDES = REPOSITORY / "scripts/decides"
BARE = REPOSITORY / "tests/bare/run"


def run(command, **environment) -> subprocess.CompletedProcess:
    return subprocess.run(
        command,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        # Without a terminal nobody can be asked for a password.
        start_new_session=True,
    )


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_a_group_that_there_is_not():
    done = run([INSTALL, "build", "everything"])
    assert done.returncode == 1
    assert done.stderr.startswith(
        "scripts/install-packages: there is no group 'everything'; the groups are build, run, "
    )


@AS_ROOT
def test_who_may_not_install_is_told_what_root_would_type(var):
    needs_a_readable_checkout()
    # To dpkg with an empty database everything is missing.
    (var / "status").write_text("")
    done = run([*NOBODY, INSTALL, "build", "run"], DPKG_ADMINDIR=str(var))
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("scripts/install-packages: packages are missing, and ")
    assert "As root: apt-get install --no-install-recommends g++ make " in last
    assert done.stdout == ""


@AS_ROOT
def test_root_that_may_not_mount_is_told_at_once_what_a_bare_machine_needs():
    limited = ["setpriv", "--bounding-set=-sys_admin", BARE]
    asked = run([*limited, "--can-run"], PATH="/usr/sbin:/usr/bin:/sbin:/bin")
    if "is not installed" in asked.stdout:
        pytest.skip(asked.stdout)
    assert asked.returncode == 1
    assert "This root may not mount (CAP_SYS_ADMIN): unshare" in asked.stdout
    for required, status in (("", 0), ("1", 1)):
        done = run([*limited, "bookworm"], USERS="root", REQUIRED=required)
        assert done.returncode == status
        assert "Skipped: This root may not mount" in done.stdout
        assert done.stdout.endswith("0 passed, 0 failed, 1 skipped\n")


def test_a_browser_that_is_named_and_does_not_start(var):
    done = run([BROWSER], CHROMIUM=str(var / "nowhere"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"CHROMIUM is {var}/nowhere, which does not start.\n"


def test_a_command_that_only_says_where_to_get_the_browser_is_none(var):
    program(var / "chromium", "exit 10")
    real = program(var / "google-chrome", "echo Google Chrome 1")
    done = run([BROWSER], CHROMIUM="", PATH=f"{var}:/nowhere", HOME=str(var))
    assert (done.returncode, done.stdout) == (0, f"{real}\n"), done.stderr


def test_a_browser_that_playwright_has_fetched(var):
    fetched = program(var / ".cache/ms-playwright/chromium-1/chrome-linux64/chrome", "exit 0")
    done = run([BROWSER], CHROMIUM="", PATH="/nowhere", HOME=str(var))
    assert (done.returncode, done.stdout) == (0, f"{fetched}\n"), done.stderr
    fetched.unlink()
    assert run([BROWSER], CHROMIUM="", PATH="/nowhere", HOME=str(var)).returncode == 1


@pytest.mark.parametrize(
    "tool, says, decides",
    [
        ("clang-format", "Debian clang-format version 14.0.6", True),
        ("clang-format", "Ubuntu clang-format version 18.1.3 (1ubuntu1)", False),
        ("black", "black, 23.1.0 (compiled: no)", True),
        ("black", "black, 25.1.0 (compiled: yes)", False),
    ],
)
def test_one_version_of_each_formatter_decides(var, tool, says, decides):
    program(var / tool, f"echo '{says}'; echo Python 3.13.5")
    done = run([DECIDES, tool], PATH=f"{var}:{os.environ['PATH']}")
    assert (done.returncode == 0) == decides
    assert decides == (done.stdout == "")
