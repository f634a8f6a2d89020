"""What would make a comparison worthless, and nobody would see in its numbers."""

import contextlib

import pytest
from bench.__main__ import Stopped, stop
from bench.measures import fanout
from bench.peer_nginx import log_options_of_the_chat
from bench.settings import Settings


@pytest.fixture
def signals(monkeypatch):
    monkeypatch.setattr("signal.signal", lambda *_: None)


def test_a_signal_ends_the_whole_run(monkeypatch, signals):
    @contextlib.contextmanager
    def interrupted(*_):
        stop(15, None)
        yield

    monkeypatch.setattr(fanout, "running", interrupted)
    with pytest.raises(Stopped):
        fanout.measure_size(Settings(rounds=1, systems=("chat",)), 10)


def test_peers_write_their_log_as_seldom_as_the_chat_does():
    assert log_options_of_the_chat() == "buffer=64k flush=1s"
