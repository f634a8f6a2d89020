"""Which errors a fault excuses, and which it does not."""

from types import SimpleNamespace

from client_process import ClientError
from faults import RARE, Fault, Faults, plan
from judge import judge

CRASH = Fault("crash", 100.0, 103.0)
RELOAD = Fault("reload", 200.0, 200.1)
KILL = Fault("kill", 300.0, 300.1)
RESTART = Fault("restart", 400.0, 401.0)


def forbidden(kind: str, began: float, ended: float) -> bool:
    injected = [CRASH, RELOAD, KILL, RESTART]
    faults = SimpleNamespace(
        injected=injected,
        times=lambda kind: [(f.began, f.ended) for f in injected if f.kind == kind],
    )
    return bool(judge([ClientError(kind, "writer-0", began, ended, "")], faults).forbidden)


def test_503_with_retry_after_is_allowed_while_postgresql_is_down():
    assert not forbidden("503 with Retry-After", 101, 102)
    assert not forbidden("503 with Retry-After", 99, 102)
    assert forbidden("503 with Retry-After", 90, 99.9)
    assert forbidden("503 with Retry-After", 106, 106.1)


def test_no_other_error_is_allowed_while_postgresql_is_down():
    for kind in ("503", "502 with Retry-After", "500", "cut", "silence", "refused", "422"):
        assert forbidden(kind, 101, 102)


def test_a_kept_connection_may_be_closed_by_a_reload_alone():
    assert not forbidden("kept connection closed", 200, 200.2)
    assert forbidden("kept connection closed", 101, 102)


def test_a_stream_may_be_cut_by_a_killed_worker_alone():
    assert not forbidden("stream cut", 290, 300.2)
    assert forbidden("stream cut", 199, 201)


def test_a_stream_is_never_refused():
    for kind in ("stream 503", "stream 502", "stream silence"):
        assert forbidden(kind, 101, 102)
        assert forbidden(kind, 300, 300.2)


def test_a_stream_begins_later_when_its_worker_ends_alone():
    for began in (299, 400):
        assert not forbidden("stream that begins later", began, began + 2)
    for began in (101, 199):
        assert forbidden("stream that begins later", began, began + 2)


def test_every_fault_comes_equally_often_and_20_times_in_10_minutes():
    kinds = Faults.USUAL
    for seconds, least in ((1, 1), (30, 1), (600, 20)):
        planned = plan(kinds, seconds, seed=7)
        assert planned == sorted(planned) and planned[-1][0] < seconds
        counts = {kind: [k for _, k in planned].count(kind) for kind in kinds}
        assert all(counts.pop(kind) == max(1, round(seconds / 120)) for kind in RARE)
        assert min(counts.values()) == max(counts.values()) >= least


def test_the_seed_decides_which_fault_comes_when():
    assert plan(["kill", "stop"], 60, 1) == plan(["kill", "stop"], 60, 1)
    assert plan(["kill", "stop"], 60, 1) != plan(["kill", "stop"], 60, 2)
