"""scripts/install-packages and scripts/browser: what they say when they cannot do their part."""

import os
import subprocess

from conftest import REPOSITORY
from test_run import AS_ROOT, NOBODY, needs_a_readable_checkout

INSTALL = REPOSITORY / "scripts/install-packages"
BROWSER = REPOSITORY / "scripts/browser"


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


def test_a_group_that_there_is_not():
    done = run([INSTALL, "build", "everything"])
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "scripts/install-packages: there is no group 'everything'; "
        "the groups are build, run, test and lint."
    ]


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


def test_a_browser_that_is_named_and_does_not_start(var):
    done = run([BROWSER], CHROMIUM=str(var / "nowhere"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"CHROMIUM is {var}/nowhere, which does not start.\n"


def test_a_command_that_only_says_where_to_get_the_browser_is_none(var):
    pretender, real = var / "chromium", var / "google-chrome"
    pretender.write_text("#!/bin/sh\nexit 10\n")
    real.write_text("#!/bin/sh\necho Google Chrome 1\n")
    for script in (pretender, real):
        script.chmod(0o755)
    done = run([BROWSER], CHROMIUM="", PATH=f"{var}:/nowhere", HOME=str(var))
    assert (done.returncode, done.stdout) == (0, f"{real}\n"), done.stderr


def test_a_browser_that_playwright_has_fetched(var):
    fetched = var / ".cache/ms-playwright/chromium-1/chrome-linux64/chrome"
    fetched.parent.mkdir(parents=True)
    fetched.write_text("#!/bin/sh\n")
    fetched.chmod(0o755)
    done = run([BROWSER], CHROMIUM="", PATH="/nowhere", HOME=str(var))
    assert (done.returncode, done.stdout) == (0, f"{fetched}\n"), done.stderr
    fetched.unlink()
    assert run([BROWSER], CHROMIUM="", PATH="/nowhere", HOME=str(var)).returncode == 1
