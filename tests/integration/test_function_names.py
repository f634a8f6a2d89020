"""scripts/function-names, which keeps a shell function from taking the place of a program."""

import subprocess

import pytest

from conftest import REPOSITORY

CHECK = REPOSITORY / "scripts/function-names"


def check(*files) -> tuple[int, str]:
    done = subprocess.run([CHECK, *files], capture_output=True, text=True)
    return done.returncode, done.stdout


def test_the_function_that_kept_a_bare_machine_from_being_set_up(var):
    text = (REPOSITORY / "scripts/install-packages").read_text()
    whole = var / "whole"
    whole.write_text(text)
    assert check(whole) == (0, "")
    broken = var / "broken"
    broken.write_text(text.replace("install_missing", "install"))
    assert check(whole, broken) == (
        1,
        f"{broken}: the function install() bears the name of a program\n",
    )


@pytest.mark.parametrize(
    "definition", ["tee() {", "  tee () {", "function tee() {", "tee() (", "tee()"]
)
def test_every_way_to_write_a_function(var, definition):
    (var / "script").write_text(f"#!/bin/sh\n{definition}\n")
    assert check(var / "script")[0] == 1


def test_a_call_and_a_name_that_only_begins_alike_are_allowed(var):
    (var / "script").write_text("#!/bin/sh\ntees() { tee x; }\n# tee() is not ours\ntee $(y)\n")
    assert check(var / "script") == (0, "")
