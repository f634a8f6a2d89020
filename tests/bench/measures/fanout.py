"""One message to N polls that wait, all of which poll again at once."""

import math
import time
from collections.abc import Callable, Sequence

from stack import Failure

from ..generator import Readers
from ..numbers import median, percentile, spread
from ..processes import QUIET_SHARE, Pids, cpu_by_role, used_since, wait_until_quiet
from ..runs import alternate, progress, running
from ..settings import Settings
from ..system import BODY_BYTES, Scale, System
from ..systems import STREAMS, SYSTEMS, readers_of, title_of
from ..tables import by_polls, table

NAMES = ("chat", "floor", "nchan", "constant", "blocking")
POSTS = 3  # that count, after one that does not: the first goes through memory nobody has used
QUIET_S = 20
# Of a core, of those who wait: each stream says every 15 to 20 s that it lives, which costs 20 us.
QUIET_SHARE_OF_A_STREAM = 2.5e-6
HEADS = ("", "first", "p50", "p99", "last", "failed", "CPU of nginx", "worker", "PostgreSQL")


def measure(settings: Settings) -> dict[str, dict]:
    return {str(polls): measure_size(settings, polls) for polls in settings.sizes}


def measure_size(settings: Settings, polls: int) -> dict:
    names = [name for name in NAMES if polls <= (SYSTEMS[name].most_polls or polls)]
    return compare(settings, f"fanout {polls:,} polls", polls, names)


def compare(settings: Settings, what: str, readers: int, ways: Sequence[str]) -> dict:
    rounds = settings.rounds_of(readers)
    found: dict[str, list[dict]] = {}
    failures: dict[str, str] = {}
    for number, way in alternate(settings, rounds, ways):
        if way in failures:
            continue
        found.setdefault(way, [])
        begin = f"{what}  round {number}/{rounds}  {way:8}"
        try:
            with running(way, settings, Scale(readers)) as system:
                posts = one_visit(system, readers, readers_of(way))
        except Failure as failure:
            # Is told, and is no reason to lose what the others do.
            failures[way] = str(failure)
            progress(f"{begin}  {failure}")
            continue
        found[way] += posts
        last = median([post["last_ms"] for post in posts])
        failed = sum(post["failed"] for post in posts)
        progress(
            f"{begin}  last {last:,.0f} ms"
            + (f"  {failed} failed: {posts[-1]['first_failure']}" if failed else "")
        )
    return {"rounds": rounds, "systems": found, "failures": failures}


def one_visit(system: System, readers: int, hold: str) -> list[dict]:
    with Readers(system, readers, hold) as generator:
        posts = [one_post(system, generator, readers) for _ in range(1 + POSTS)]
        return [post | {"park_s": generator.seconds_to_park} for post in posts[1:]]


def one_post(system: System, generator: Readers, readers: int) -> dict:
    pids = system.pids()
    calm_down(system, pids, generator)
    before = cpu_by_role(pids)
    result = generator.post(BODY_BYTES)
    # Whoever never rests is measured to the last delivery.
    if system.rests:
        calm_down(system, pids, generator)
    used = used_since(before, pids)
    if not system.all_parked():
        raise Failure(f"{system.title}: of {readers:,} readers {system.parked():,} wait.")
    return {
        **times_of(result.arrivals_ms),
        "failed": max(result.failed, readers - len(result.arrivals_ms)),
        "first_failure": result.first_failure,
        "cpu_us": {role: ns / 1e3 / readers for role, ns in used.items()},
    }


def calm_down(system: System, pids: Pids, generator: Readers) -> None:
    """Until all wait (again)."""
    share = QUIET_SHARE
    if generator.hold == STREAMS:
        share += generator.clients * QUIET_SHARE_OF_A_STREAM
    if not system.rests:
        time.sleep(1)
    elif not wait_until_quiet(pids, QUIET_S, share):
        raise Failure(f"{system.title} does not come to rest within {QUIET_S} s.")


def times_of(arrivals_ms: list[float]) -> dict[str, float]:
    if not arrivals_ms:
        return {"first_ms": 0.0, "p50_ms": 0.0, "p99_ms": 0.0, "last_ms": 0.0}
    return {
        "first_ms": arrivals_ms[0],
        "p50_ms": percentile(arrivals_ms, 50),
        "p99_ms": percentile(arrivals_ms, 99),
        "last_ms": arrivals_ms[-1],
    }


def value(entry: dict, way: str, name: str) -> float | None:
    """The median over all posts, for targets and plots."""
    posts = entry["systems"].get(way)
    return median([post[name] for post in posts]) if posts else None


def cpu_value(entry: dict, way: str, roles=("nginx", "worker")) -> float | None:
    """Microseconds for a delivery."""
    posts = entry["systems"].get(way)
    if not posts:
        return None
    return median([sum(post["cpu_us"].get(role, 0) for role in roles) for post in posts])


def section(entries: dict[str, dict]) -> str:
    lines = [
        "## One message to N polls that wait",
        "",
        "All of them poll again as soon as they have it. Milliseconds from the POST to the whole",
        "answer of the first, the median, the 99th percentile and the last poll; of the constant,",
        "from the moment that the generator begins to send the requests. CPU is microseconds for",
        f"one delivery and the poll that follows. {POSTS} messages in each round.",
    ]
    return "\n".join(lines + by_polls(entries, lambda entry: "", table_of))


def table_of(entry: dict, title: Callable[[str], str] = title_of) -> list[str]:
    roles = ("nginx", "worker", "postgres")
    rows = []
    for way, posts in entry["systems"].items():
        if not posts:
            continue
        times = [
            spread([post[key] for post in posts])
            for key in ("first_ms", "p50_ms", "p99_ms", "last_ms")
        ]
        failed = f"{sum(post['failed'] for post in posts):,}"
        cpu = [
            spread([post["cpu_us"][role] for post in posts]) if role in posts[0]["cpu_us"] else ""
            for role in roles
        ]
        rows.append([title(way), *times, failed, *cpu])
    return table(HEADS, rows)


def failures(entry: dict, way: str = "chat") -> float | None:
    """Without end when the chat did not come through at all."""
    if way in entry["failures"]:
        return math.inf
    posts = entry["systems"].get(way)
    return sum(post["failed"] for post in posts) if posts else None
