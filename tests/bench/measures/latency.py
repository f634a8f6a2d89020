"""One posts, one waits: from before the POST until the reader has the whole answer."""

from concurrent.futures import ThreadPoolExecutor

from ..generator import result_of
from ..numbers import median, spread
from ..runs import alternate, progress, running
from ..settings import Settings
from ..system import Scale, System
from ..systems import SYSTEMS
from ..tables import table

COUNT = 100
PAUSE_MS = 20
# Who looks once a second has to be met at any moment of that second: the pause is up to half longer
# than this. Several at once, each in a room of its own, for it takes its time.
SLOW_PAUSE_MS = 2000
SLOW_COUNT = 3
SLOW_AT_ONCE = 8


def measure(settings: Settings) -> dict:
    found: dict[str, list[dict]] = {}
    for number, name in alternate(settings, settings.rounds, ("chat", "blocking")):
        scale = Scale(polls=2 * SLOW_AT_ONCE, clients=2 * SLOW_AT_ONCE)
        with running(name, settings, scale) as system:
            result = quick_echo(system) if system.rests else slow_echo(system)
        found.setdefault(name, []).append(result)
        progress(
            f"latency  round {number}/{settings.rounds}  {name:8}  mean {result['mean_ms']:,.1f} ms"
        )
    return {"rounds": settings.rounds, "systems": found}


def quick_echo(system: System) -> dict:
    result = result_of("echo", system, 60, count=COUNT, pause_ms=PAUSE_MS)
    return {name: result[f"{name[:-3]}_us"] / 1e3 for name in ("p50_ms", "p99_ms", "mean_ms")} | {
        "failed": result["failed"]
    }


def slow_echo(system: System) -> dict:
    def echo(seed: int) -> dict:
        options = {"count": SLOW_COUNT, "pause_ms": SLOW_PAUSE_MS, "seed": seed + 1}
        return result_of("echo", system, 60, **options)

    with ThreadPoolExecutor(SLOW_AT_ONCE) as pool:
        results = list(pool.map(echo, range(SLOW_AT_ONCE)))
    return {
        "mean_ms": sum(result["mean_us"] for result in results) / len(results) / 1e3,
        "failed": sum(result["failed"] for result in results),
    }


def value(entry: dict, name: str) -> float | None:
    rounds = entry["systems"].get("chat")
    return median([one[name] for one in rounds]) if rounds else None


def section(entry: dict) -> str:
    rows = []
    for name, rounds in entry["systems"].items():
        cells = [
            spread([one[key] for one in rounds], "ms") if key in rounds[0] else ""
            for key in ("p50_ms", "p99_ms", "mean_ms")
        ]
        rows.append([SYSTEMS[name].title, *cells, str(sum(one["failed"] for one in rounds))])
    return "\n".join(
        [
            "## From a POST to one reader who waits",
            "",
            f"{COUNT} messages, one after the other, in each of {entry['rounds']} rounds.",
            "",
            *table(("", "p50", "p99", "mean", "failed"), rows),
        ]
    )
