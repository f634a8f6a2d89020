"""Who runs the tests learns at the end which failed and why, on a bare machine as well."""

import importlib.machinery
import importlib.util
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from client import Background, until
from conftest import REPOSITORY

sys.path.append(str(REPOSITORY / "tests/bare"))

from commands import Broken, make_test  # noqa: E402

NODE_TESTS = """
import { test } from 'node:test';
test('works', () => {});
test('does not', () => { throw new Error('it is wrong'); });
test('later', { skip: true }, () => {});
"""
UNIT_TESTS = """#!/bin/sh
for report; do :; done
cat > "$report" <<'END'
<testsuites><testsuite name="all">
<testcase classname="good" name="it works"/>
{cases}
</testsuite></testsuites>
END
seq 200
{last}
exit {status}
"""
FAILED = """<testcase classname="tests.integration.test_{n}" name="test_{n}">
<failure message="AssertionError: {n} is wrong">where {n} is</failure></testcase>"""


class ThisMachine:
    """The machine that we are on already, in place of a bare one."""

    def start(self, words, output):
        return subprocess.Popen(
            words, stdout=output, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )


def run_tests(tmp_path, cases: str, status: int, last: str = "") -> str:
    program = tmp_path / "unit-tests"
    program.write_text(UNIT_TESTS.format(cases=cases, status=status, last=last))
    program.chmod(0o755)
    makefile = tmp_path / "Makefile"
    makefile.write_text(f"test:\n\t@PARTS=unit UNIT_TESTS={program} {REPOSITORY}/scripts/test\n")
    targets = ["--no-print-directory", "-f", str(makefile), "test"]
    return make_test(ThisMachine(), tmp_path / "log", targets)


def test_every_failed_test_is_told_with_its_message(tmp_path):
    cases = "\n".join(FAILED.format(n=n) for n in range(90))
    with pytest.raises(Broken) as broken:
        run_tests(tmp_path, cases, status=1)
    said = str(broken.value)
    for n in range(90):
        name = f"tests/integration/test_{n}.py::test_{n}"
        assert f"{name}\n    AssertionError: {n} is wrong\n    where {n} is\n" in said
    assert "1 passed, 90 failed" in said
    assert "it works" not in said


def test_a_part_that_ends_without_a_report_is_told_with_its_last_words(tmp_path):
    with pytest.raises(Broken, match=r"Unit tests ended with 3\n(.*\n)* +200\n"):
        run_tests(tmp_path, "", status=3)


def hanging(tmp_path) -> tuple[str, callable]:
    """What hangs for ever, as a line of shell, and whether it still does."""
    pid = tmp_path / "pid"
    line = f"sleep infinity & echo $! >{pid}.new; mv {pid}.new {pid}; wait"
    return line, lambda: pid.exists() and Path("/proc", pid.read_text().strip()).exists()


def test_a_part_that_says_nothing_for_too_long_is_ended_and_told(tmp_path, monkeypatch):
    monkeypatch.setenv("SILENT", "1")
    line, still_hangs = hanging(tmp_path)
    said = r"Unit tests ended with 1\n(.*\n)* +200\n +Nothing was printed for 1 s"
    with pytest.raises(Broken, match=said):
        run_tests(tmp_path, "", status=0, last=line)
    until(lambda: not still_hangs(), "the end of what hung")


def test_who_ends_a_bare_machine_ends_its_tests(tmp_path):
    line, hangs = hanging(tmp_path)

    class Ended(BaseException):
        """As SIGTERM raises it."""

    def end(number, frame):
        raise Ended

    before = signal.signal(signal.SIGUSR1, end)
    main = threading.get_ident()
    started = Background(
        lambda: until(hangs, "it hangs") or signal.pthread_kill(main, signal.SIGUSR1)
    )
    try:
        with pytest.raises(Ended):
            run_tests(tmp_path, "", status=0, last=line)
    finally:
        signal.signal(signal.SIGUSR1, before)
        # A real machine's processes end with it.
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
    started.result()


def test_nothing_is_told_when_all_passed(tmp_path):
    assert run_tests(tmp_path, "", status=0) == "1 passed, 0 failed"


def scripts_test(monkeypatch):
    """The program as a module; its name has no .py."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = importlib.machinery.SourceFileLoader("scripts_test", str(REPOSITORY / "scripts/test"))
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader("scripts_test", loader)
    )
    monkeypatch.setitem(sys.modules, "scripts_test", module)
    loader.exec_module(module)
    return module


@pytest.mark.parametrize("reporter", ["spec", "tap"])
def test_what_node_counts_and_tells_is_read_in_both_of_its_forms(tmp_path, monkeypatch, reporter):
    (tmp_path / "some.test.mjs").write_text(NODE_TESTS)
    done = subprocess.run(
        ["node", "--test", f"--test-reporter={reporter}", "some.test.mjs"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    count = scripts_test(monkeypatch).count_node(done.stdout)
    assert (count.passed, count.failed, count.skipped) == (1, 1, 1)
    assert len(count.failures) == 1
    assert "does not" in count.failures[0] and "it is wrong" in count.failures[0]
