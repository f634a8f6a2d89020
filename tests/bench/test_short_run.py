"""`make bench` end to end, as small as it can be. What it measures is nobody's business here."""

import json
import os
import subprocess
import sys
from pathlib import Path

from bench import REPOSITORY
from bench.measures import idle, streams
from bench.settings import MEASURES
from bench.systems import SYSTEMS

MAIN = ["nice", sys.executable, "-B", "-m", "bench"]  # other tests run beside it
WAITING = ["fanout", "streams", "rooms", "idle", "herd", "growth"]
TALKING = ["posting", "latency", "hops", "catchup", "busy"]


def run_bench(measures: list[str], out: Path) -> dict:
    settings = {"N": "50", "ROUNDS": "1", "DURATION": "2", "OUT": str(out)}
    settings |= {"MEASURE": ",".join(measures), "SYSTEMS": "", "PYTHONPATH": "tests"}
    done = subprocess.run(
        MAIN,
        cwd=REPOSITORY,
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert "## Targets" in (out / "README.md").read_text()
    found = json.loads((out / "results.json").read_text())
    assert set(found) == set(measures)
    return found


def test_all_measures_are_tested():
    assert {*WAITING, *TALKING} == set(MEASURES)


def test_polls_that_wait_are_measured_to_the_end(tmp_path):
    # valgrind cannot run what a sanitizer has instrumented.
    found = run_bench(WAITING[: 5 if "CHAT_SANITIZED" in os.environ else 6], tmp_path)
    for measure in ("fanout", "streams", "idle"):
        assert found[measure]["50"]["failures"] == {}
    assert set(found["fanout"]["50"]["systems"]) == set(SYSTEMS)
    assert set(found["streams"]["50"]["systems"]) == set(streams.WAYS)
    assert set(found["idle"]["50"]["systems"]) == set(idle.WAYS)
    for measure in ("fanout", "streams"):
        for posts in found[measure]["50"]["systems"].values():
            assert [post["failed"] for post in posts] == [0, 0, 0]
    for posts in found["rooms"]["systems"].values():
        assert [post["failed"] for post in posts] == [0, 0, 0]
    (death,) = found["herd"]["deaths"]
    assert death["failed"] == 0
    # Where so few wait, the worker that lives may know all of their rooms already.
    assert 0 <= death["looks"] <= death["statements"]
    assert (tmp_path / "growth.svg").read_text().startswith("<?xml")


def test_talk_is_measured_to_the_end(tmp_path):
    found = run_bench(TALKING, tmp_path)
    assert set(found["posting"]["clients"]["200"]) == {"chat", "blocking", "inserts", "append"}
    wrong = found["busy"]["wrong"]
    del wrong["late_posts"]  # 10 ms late is this load, on a machine that is busy with other tests
    assert set(wrong.values()) == {0}
