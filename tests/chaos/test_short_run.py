"""The fault tester against the real stack: as short as it can be with every kind of fault."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from faults import Faults

MAIN = Path(__file__).with_name("main.py")


def run_chaos(**settings) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-B", str(MAIN)],
        env=os.environ | {name: str(value) for name, value in settings.items()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.returncode, done.stdout


def number(output: str, name: str) -> int:
    return int(
        re.search(rf"^ *{re.escape(name)} +([\d,]+)", output, re.MULTILINE)[1].replace(",", "")
    )


def changes_read(output: str, kind: str) -> int:
    line = re.search(rf"^ *{kind} +[\d,]+, of which ([\d,]+) were changes", output, re.MULTILINE)
    return int(line[1].replace(",", ""))


def test_no_fault_loses_doubles_or_disorders_a_message():
    status, output = run_chaos(SEED=3, DURATION=20, RATE=500, WRITERS=24, READERS=16)
    assert status == 0, output
    for kind in Faults.USUAL:
        assert number(output, Faults.KINDS[kind]) >= 1, f"no {kind}\n{output}"
    assert number(output, "acknowledged") > 100
    assert number(output, "retries answered with the original") > 0
    assert number(output, "read by all readers") > number(output, "messages in the table")
    assert number(output, "messages edited") > 10
    assert number(output, "messages deleted by their writers") > 10
    assert number(output, "told of another epoch") > 0
    for way in ("polls{}", "streams{}", "polls and streams{} in turn"):
        assert number(output, way.format("")) > 100
        assert changes_read(output, way.format(" of changes")) > 10


@pytest.mark.skipif(
    "CHAT_SANITIZED" in os.environ, reason="a sanitizer and libfaketime both want to come first"
)
def test_clocks_that_are_set_change_neither_order_nor_number():
    faults = "clock,clock,clock,clock,clock"
    status, output = run_chaos(SEED=3, DURATION=10, RATE=300, WRITERS=12, READERS=8, FAULTS=faults)
    assert status == 0, output
    assert number(output, Faults.KINDS["clock"]) == 5
    assert number(output, "acknowledged") > 100


def may_mount(directory: Path) -> bool:
    """Not every root may: a container's, mostly, may not."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "none", directory], capture_output=True)
    if mounted.returncode == 0:
        subprocess.run(["umount", directory], check=True)
    return mounted.returncode == 0


def test_a_disk_that_is_full_loses_nothing(tmp_path):
    if not may_mount(tmp_path):
        pytest.skip("a small disk cannot be mounted here")
    faults = "fill,delete,terminate"
    status, output = run_chaos(SEED=3, DURATION=15, RATE=500, WRITERS=12, READERS=8, FAULTS=faults)
    assert status == 0, output
    assert number(output, "503 that says so while the disk was full (allowed)") > 0
    assert number(output, "acknowledged") > 100
