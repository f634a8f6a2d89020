"""The report says what the results say, and no more."""

import pytest
from bench import REPOSITORY, report, results
from bench.settings import Settings, settings_from_environment
from bench.targets import TARGETS
from stack import Failure


def posts(last_ms: float, cpu_us: float) -> list[dict]:
    times = {"first_ms": 1.0, "p50_ms": 2.0, "p99_ms": 3.0, "last_ms": last_ms}
    return [times | {"failed": 0, "park_s": 1.0, "cpu_us": {"nginx": cpu_us}}]


def fanout(chat_ms: float, others_ms: float) -> dict:
    systems = {"chat": posts(chat_ms, 30), "nchan": posts(others_ms, 10)}
    return {"rounds": 1, "failures": {}, "systems": systems | {"floor": posts(others_ms, 24)}}


ABOUT = {"date": "2026-01-01", "machine": {"CPU": "one"}, "versions": {"chat": "1"}}


def row(text: str, what: str) -> list[str]:
    line = next(line for line in text.splitlines() if what in line)
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_target_is_met_or_missed_by_what_was_measured():
    found: dict = {}
    results.add(found, "fanout", {"10000": fanout(120, 100)}, ABOUT)
    text = report.text(found)
    assert row(text, "polls, beside the floor")[1:] == ["at most 1.10 x", "1.20 x", "**missed**"]
    assert row(text, "that follow, beside the floor")[2:] == ["1.25 x", "**missed**"]
    assert row(text, "polls, beside nchan")[1:] == ["at most 1.15 x", "1.20 x", "**missed**"]
    assert row(text, "that follow, beside nchan")[2:] == ["3.00 x", "**missed**"]
    assert row(text, "| fanout 10000 |")[1:] == ["2026-01-01", "CPU one", "chat 1"]
    assert row(text, "posting with 200 clients, p99")[2:] == ["not measured", ""]


def test_streams_have_goals_of_their_own():
    systems = {"chat streams": posts(120, 20), "nchan streams": posts(100, 10)}
    systems |= {"nchan polls": posts(150, 20), "floor streams": posts(90, 10)}
    found: dict = {}
    results.add(
        found, "streams", {"10000": {"rounds": 1, "failures": {}, "systems": systems}}, ABOUT
    )
    text = report.text(found)
    assert row(text, "last of 10,000 streams, beside nchan's streams")[2:] == ["1.20 x", "met"]
    assert row(text, "last of 10,000 streams, beside nchan's long polls")[2:] == ["0.80 x", "met"]
    assert row(text, "10,000 streams, beside the floor's")[2:] == ["2.00 x", "**missed**"]
    assert row(text, "| this chat: streams")[3] == "3.00"


def test_nothing_measured_is_nothing_reached():
    assert all(target.value({}) is None for target in TARGETS)
    assert "met |" not in report.text({})


def test_a_part_that_is_measured_anew_leaves_the_others(tmp_path):
    path = tmp_path / "results.json"
    found = results.load(path)
    results.add(found, "fanout", {"1000": fanout(10, 10), "10000": fanout(120, 100)}, ABOUT)
    results.save(path, found)
    found = results.load(path)
    results.add(found, "fanout", {"10000": fanout(90, 100)}, ABOUT)
    growth = {"instructions": {"1000": 10, "2000": 20}, "per_delivery": 0.01}
    results.add(found, "growth", growth, ABOUT)
    results.save(path, found)
    kept = results.load(path)
    assert set(kept["fanout"]) == {"1000", "10000"}
    assert kept["fanout"]["10000"]["systems"]["chat"][0]["last_ms"] == 90
    assert [name for name, _ in results.abouts(kept)] == ["fanout 1000", "fanout 10000", "growth"]


def test_a_system_that_does_not_come_through_is_told():
    found: dict = {}
    entry = fanout(120, 100)
    entry["systems"]["chat"] = []
    entry["failures"] = {"chat": "it fell over."}
    results.add(found, "fanout", {"10000": entry, "100000": entry}, ABOUT)
    text = report.text(found)
    assert "this chat did not come through: it fell over." in text
    assert row(text, "polls, beside nchan")[2:] == ["not measured", ""]
    assert row(text, "with 100,000 polls parked")[2:] == ["did not come through", "**missed**"]


def herd(*deaths: dict, failures=()) -> dict:
    entry = {"polls": 10, "rooms": 5, "delay_ms": 2, "deaths": list(deaths)}
    return entry | {"failures": list(failures)}


def test_the_worst_death_of_a_worker_counts():
    good = {"seconds": 0.2, "failed": 0, "statements": 60, "looks": 30}
    found: dict = {}
    results.add(found, "herd", herd(good, good | {"seconds": 4.0, "failed": 7}), ABOUT)
    text = report.text(found)
    assert row(text, "death gives an error")[2:] == ["7", "**missed**"]
    assert row(text, "dead worker wait again")[2:] == ["4.00 s", "**missed**"]
    assert row(text, "| 2 | 7 |")[2] == "2.10 s (0.20..4.00)"
    results.add(found, "herd", herd(good), ABOUT)
    assert row(report.text(found), "dead worker wait again")[2:] == ["0.20 s", "met"]


def test_a_herd_that_does_not_come_back_is_told():
    found: dict = {}
    results.add(found, "herd", herd(failures=["of 10 polls 3 wait again."]), ABOUT)
    text = report.text(found)
    assert "did not come through: of 10 polls 3 wait again." in text
    assert row(text, "death gives an error")[2:] == ["did not come through", "**missed**"]
    assert row(text, "dead worker wait again")[2:] == ["did not come through", "**missed**"]


def test_sizes_follow_from_the_number_of_polls():
    assert Settings(polls=200).sizes == [200]
    assert Settings(polls=1000).sizes == [1000]
    assert Settings(polls=10_000).sizes == [1000, 10_000, 30_000]
    assert Settings(polls=10_000, large=True).sizes == [1000, 10_000, 30_000, 100_000]


@pytest.mark.parametrize(("name", "value"), [("MEASURE", "fanout,speed"), ("LARGE", "no")])
def test_a_setting_that_cannot_be_used_is_refused(monkeypatch, tmp_path, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(Failure, match=name):
        settings_from_environment(tmp_path)


@pytest.mark.parametrize(("name", "value"), [("SYSTEMS", "chat"), ("ROUNDS", "1")])
def test_a_glance_or_a_part_overwrites_no_comparison(monkeypatch, tmp_path, name, value):
    assert settings_from_environment(tmp_path).out == REPOSITORY / "docs/benchmarks"
    monkeypatch.setenv(name, value)
    assert settings_from_environment(tmp_path).out == REPOSITORY / "build/bench"
    monkeypatch.setenv("OUT", str(tmp_path))
    assert settings_from_environment(tmp_path).out == tmp_path
