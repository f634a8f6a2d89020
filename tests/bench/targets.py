"""What the chat is to reach, and what it does reach in the results that are there."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from . import systems
from .measures import catchup, fanout, herd, hops, idle, latency, posting, rooms
from .numbers import short
from .results import Results
from .tables import table

POLLS = "10000"
MANY = "100000"


@dataclass(frozen=True)
class Target:
    what: str
    at_most: float | None
    at_least: float | None
    unit: str
    value: Callable[[Results], float | None]  # None: not measured

    def row(self, results: Results) -> tuple[str, ...]:
        limit = f"at most {short(self.at_most)}" if self.at_most is not None else ""
        limit = limit or f"at least {short(self.at_least)}"
        value = self.value(results)
        reached = "not measured" if value is None else f"{short(value)}{self.unit}"
        if value == math.inf:
            reached = "did not come through"
        verdict = "" if value is None else "met" if self.met(value) else "**missed**"
        return self.what, limit + self.unit, reached, verdict

    def met(self, value: float) -> bool:
        if self.at_most is not None:
            return value <= self.at_most
        return value >= self.at_least


def most(what: str, limit: float, unit: str, value) -> Target:
    return Target(what, limit, None, unit, value)


def last_ms(entry: dict, way: str) -> float | None:
    return fanout.value(entry, way, "last_ms")


def ratio(measure: str, way: str, beside: str, read):
    def value(results: Results) -> float | None:
        entry = results.get(measure, {}).get(POLLS)
        pair = [read(entry, one) for one in (way, beside)] if entry else [None]
        return None if None in pair else pair[0] / pair[1]

    return value


def fanout_ratio(beside: str, read=last_ms):
    return ratio("fanout", "chat", beside, read)


def streams_ratio(beside: str, read=last_ms):
    return ratio("streams", "chat streams", beside, read)


def of_size(measure: str, polls: str, read):
    """A value of one entry, or none while there is no such entry."""

    def value(results: Results) -> float | None:
        entry = results.get(measure, {}).get(polls)
        return read(entry) if entry else None

    return value


def of(measure: str, read):
    def value(results: Results) -> float | None:
        return read(results[measure]) if measure in results else None

    return value


def statements_per_worker(results: Results) -> float | None:
    """The most of all sizes."""
    found = [idle.statements_per_worker(entry) for entry in results.get("idle", {}).values()]
    return max((one for one in found if one is not None), default=None)


def rate_ratio(entry: dict) -> float | None:
    pair = [posting.value(entry, 200, way, "per_second") for way in ("chat", "blocking")]
    return None if None in pair else pair[0] / pair[1]


TARGETS = [
    most("last of 10,000 polls, beside the floor", 1.1, " x", fanout_ratio("floor")),
    most(
        "CPU of nginx and worker for 10,000 deliveries and the polls that follow, beside the floor",
        1.15,
        " x",
        fanout_ratio("floor", fanout.cpu_value),
    ),
    most("last of 10,000 polls, beside nchan", 1.15, " x", fanout_ratio("nchan")),
    most(
        "CPU of nginx and worker for 10,000 deliveries and the polls that follow, beside nchan",
        1.5,
        " x",
        fanout_ratio("nchan", fanout.cpu_value),
    ),
    most(
        "last of 10,000 streams, beside nchan's streams",
        1.45,
        " x",
        streams_ratio("nchan streams"),
    ),
    most(
        "last of 10,000 streams, beside nchan's long polls",
        1.0,
        " x",
        streams_ratio("nchan polls"),
    ),
    most(
        "CPU of nginx and worker for 10,000 streams, beside nchan's long polls",
        1.15,
        " x",
        streams_ratio("nchan polls", fanout.cpu_value),
    ),
    most(
        "CPU of nginx and worker for 10,000 streams, beside the floor's",
        1.25,
        " x",
        streams_ratio("floor streams", fanout.cpu_value),
    ),
    *(
        most(
            f"last of 10,000 {hold} of all of 10,000 rooms, beside {hold} of one",
            1.2,
            " x",
            of("rooms", partial(rooms.ratio, hold=hold)),
        )
        for hold in (systems.POLLS, systems.STREAMS)
    ),
    most(
        "memory per parked poll, worker",
        2.0,
        " KB",
        of_size("idle", POLLS, lambda entry: idle.chat_memory_kb(entry, ("worker",))),
    ),
    most(
        "memory per parked poll, nginx and worker",
        11.5,
        " KB",
        of_size("idle", POLLS, lambda entry: idle.chat_memory_kb(entry, ("nginx", "worker"))),
    ),
    most(
        "memory per idle stream, nginx and worker",
        14.0,
        " KB",
        of_size(
            "idle",
            POLLS,
            lambda entry: idle.chat_memory_kb(entry, ("nginx", "worker"), idle.STREAM),
        ),
    ),
    most(
        "deliveries that failed, with 100,000 polls parked",
        0,
        "",
        of_size("fanout", MANY, fanout.failures),
    ),
    most(
        "deliveries that failed, with 100,000 streams",
        0,
        "",
        of_size("streams", MANY, partial(fanout.failures, way="chat streams")),
    ),
    most(
        "CPU while 100,000 polls wait, before any polls again",
        2.0,
        " % of a core",
        of_size("idle", MANY, idle.quiet_cpu_percent),
    ),
    most("SQL statements a second and worker, with N idle polls", 2.0, "", statements_per_worker),
    most(
        "POST to waiting reader, p50",
        3.0,
        " ms",
        of("latency", lambda entry: latency.value(entry, "p50_ms")),
    ),
    most(
        "POST to waiting reader, p99",
        15.0,
        " ms",
        of("latency", lambda entry: latency.value(entry, "p99_ms")),
    ),
    most(
        "POST to waiting reader, p50, beside the least, worst of three pauses",
        1.3,
        " x",
        of("hops", hops.worst),
    ),
    Target(
        "posting with 200 clients, beside one INSERT per request",
        None,
        10.0,
        " x",
        of("posting", rate_ratio),
    ),
    most(
        "posting with 200 clients, p99",
        50.0,
        " ms",
        of("posting", lambda entry: posting.value(entry, 200, "chat", "p99_ms")),
    ),
    *(
        most(
            f"catching up 100,000 messages, {readers} at once, beside libpq alone",
            4.0,
            " x",
            of("catchup", lambda entry, readers=readers: catchup.ratio(entry, readers)),
        )
        for readers in catchup.READERS
    ),
    most("polls that a worker's death gives an error", 0, "", of("herd", herd.failed)),
    most("until all polls of a dead worker wait again", 3.0, " s", of("herd", herd.longest)),
]


def section(results: Results) -> str:
    rows = [target.row(results) for target in TARGETS]
    return "\n".join(["## Targets", "", *table(("what", "target", "measured", ""), rows)])
