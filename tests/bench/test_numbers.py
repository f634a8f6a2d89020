"""What would be wrong without anybody noticing: percentiles, histograms, the kernel's counters."""

import subprocess
import sys
import time

import pytest
from bench.generator import merge_rounds
from bench.numbers import (
    percentile,
    percentile_of_histogram,
    short,
    spread,
)
from bench.processes import cpu_ns, cpu_of_a_family_ns, memory_kb


def test_a_percentile_is_a_value_that_was_measured():
    values = list(range(1, 101))
    assert percentile(values, 50) == 50
    assert percentile(values, 99) == 99
    assert percentile(values, 100) == 100
    assert percentile([3, 1], 50) == 1
    assert percentile([7], 99) == 7
    with pytest.raises(ValueError):
        percentile([], 50)


def test_a_percentile_of_a_histogram_is_the_upper_bound_of_its_bucket():
    histogram = [[200, 4], [50, 1], [100, 5]]
    assert percentile_of_histogram(histogram, 10) == 50
    assert percentile_of_histogram(histogram, 60) == 100
    assert percentile_of_histogram(histogram, 61) == 200
    with pytest.raises(ValueError):
        percentile_of_histogram([], 50)


def test_a_spread_names_its_ends_only_when_they_differ():
    assert spread([2.0, 1.0, 9.0], "ms") == "2.00 ms (1.00..9.00)"
    assert spread([5.001, 5.002]) == "5.00"
    assert [short(value) for value in (0, 0.5, 12.34, 1234.5)] == ["0", "0.50", "12.3", "1,234"]
    assert spread([60, 63, 1067]) == "63 (60..1,067)"


def test_rounds_of_several_processes_have_one_clock():
    waited = {"posted_ns": None, "arrivals_ns": [6_000_000], "failed": 1, "first_failure": "late"}
    posted = {"posted_ns": 1_000_000, "arrivals_ns": [4_000_000, 3_000_000], "failed": 0}
    merged = merge_rounds([posted | {"first_failure": None}, waited])
    assert merged.arrivals_ms == [2.0, 3.0, 5.0]
    assert (merged.failed, merged.first_failure) == (1, "late")


def test_cpu_time_is_that_of_the_process_and_finer_than_a_tick():
    spin = "import time\nwhile time.process_time() < 0.2: pass\nprint(flush=True)\ninput()"
    child = subprocess.Popen(
        [sys.executable, "-c", spin], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        child.stdout.readline()
        used = cpu_ns([child.pid])
        assert 0.2e9 <= used < 0.5e9
        assert used % 10_000_000 != 0
        assert abs(cpu_of_a_family_ns([child.pid]) - used) < 0.1e9
        time.sleep(0.1)
        assert cpu_ns([child.pid]) - used < 0.05e9
        assert memory_kb([child.pid]) > 1000
    finally:
        child.kill()
        child.wait()
    assert cpu_ns([child.pid]) == 0
