"""Which of the errors that clients saw may be, and which may not."""

from collections import Counter
from dataclasses import dataclass, field

from client_process import ClientError

# A worker that could not reach PostgreSQL tries again after up to a second.
NOTICED_S = 2.0
# nginx closes idle kept connections when it reloads; the last of them a moment later.
CLOSING_S = 5.0

UNAVAILABLE = "503 with Retry-After"
CLOSED = "kept connection closed"
CUT = "stream cut"
WITHOUT_EVENTS = "stream that begins later"


@dataclass
class Verdict:
    allowed: Counter = field(default_factory=Counter)
    forbidden: list[ClientError] = field(default_factory=list)


def judge(errors: list[ClientError], faults) -> Verdict:
    """503 with Retry-After is for the time in which PostgreSQL is down. And every HTTP client
    repeats a request that met a kept connection just as the server closed it."""
    verdict = Verdict()
    down = faults.times("crash") + faults.times("restore")
    outages = [(began, ended + NOTICED_S) for began, ended in down]
    read_only = [(began, ended + NOTICED_S) for began, ended in faults.times("read_only")]
    full = [(began, ended + NOTICED_S) for began, ended in faults.times("fill")]
    reloads = [(began, ended + CLOSING_S) for began, ended in faults.times("reload")]
    killed = [(began, ended + NOTICED_S) for began, ended in faults.times("kill")]
    restarted = [(began, ended + NOTICED_S) for began, ended in faults.times("restart")]
    for error in errors:
        if error.kind == UNAVAILABLE and overlaps(error, outages):
            verdict.allowed["503 with Retry-After while PostgreSQL was down"] += 1
        elif (
            error.kind == UNAVAILABLE
            and error.who.startswith("writer")
            and "read-only" in error.detail
            and overlaps(error, read_only)
        ):
            verdict.allowed["503 that says so while the database was read-only"] += 1
        elif (
            error.kind == UNAVAILABLE
            and error.who.startswith("writer")
            and "disk is full" in error.detail
            and overlaps(error, full)
        ):
            verdict.allowed["503 that says so while the disk was full"] += 1
        elif error.kind == CLOSED and overlaps(error, reloads):
            verdict.allowed["kept connections that a reload of nginx closed"] += 1
        elif error.kind == CUT and overlaps(error, killed):
            verdict.allowed["streams that were cut when a worker was killed"] += 1
        # It waited for PostgreSQL, or was only just there, when its worker ended.
        elif error.kind == WITHOUT_EVENTS and overlaps(error, killed + restarted):
            verdict.allowed["streams whose worker ended before they began"] += 1
        else:
            verdict.forbidden.append(error)
    return verdict


def overlaps(error: ClientError, times: list[tuple[float, float]]) -> bool:
    return any(error.began <= ended and began <= error.ended for began, ended in times)


def faults_around(began: float, ended: float, faults) -> str:
    """For who has to find the cause: what was going on then, in seconds from the beginning."""
    near = [
        f"{fault.kind} {fault.began - began:+.1f} to {fault.ended - began:+.1f}"
        for fault in sorted(faults.injected, key=lambda fault: fault.began)
        if fault.began - 2 < ended and began < fault.ended + 2
    ]
    return ", ".join(near) or "no fault near it"
