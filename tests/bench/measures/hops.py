"""Where the time goes from a POST to a reader who waits: beside the least that must be done, which
is the message stored by libpq and carried through nginx by the floor. The longer the pauses, the
more of it is processes and cores that wake up, in all of them alike."""

from stack import Failure

from ..generator import result_of, result_of_rows
from ..numbers import median, spread
from ..runs import progress, running
from ..settings import Settings
from ..system import Scale, System
from ..tables import table

PAUSES_MS = (0, 5, 50)
TRIES = 5
COUNTS = {0: 1000, 5: 500, 50: 60}
# The message is the worker's own that holds the poll, or it is any worker's.
CHATS = {"one worker": 1, "two workers": 2}
STORED, CARRIED = "chat.append by libpq", "the floor"


def measure(settings: Settings) -> dict:
    found: dict = {str(pause): {} for pause in PAUSES_MS}
    scale = Scale(polls=2, clients=2)
    for number in range(1, settings.rounds + 1):
        for way, workers in CHATS.items():
            with running("chat", settings, scale, workers=workers) as chat:
                note(found, way, chat, settings, echo)
                if workers == 1:
                    note(found, STORED, chat, settings, append)
        with running("floor", settings, scale) as floor:
            note(found, CARRIED, floor, settings, carried)
        progress(f"hops   round {number}/{settings.rounds}  {ratios(found)}")
    return {"rounds": settings.rounds, "pauses": found}


def note(found: dict, way: str, system: System, settings: Settings, p50_ms) -> None:
    for pause in PAUSES_MS:
        count = 20 if settings.quick else COUNTS[pause]
        found[str(pause)].setdefault(way, []).append(p50_ms(system, count, pause))


def echo(system: System, count: int, pause: int, wait_s: float = 60) -> float:
    result = result_of("echo", system, wait_s, count=count, pause_ms=pause)
    if result["failed"]:
        raise Failure(f"{system.title}: {result['first_failure']}")
    return result["p50_us"] / 1e3


def carried(floor: System, count: int, pause: int) -> float:
    """The floor remembers nothing: a reader who is not back before the next message waits for ever.
    Without pauses its answer to who posts is measured, which comes at the same time."""
    if pause == 0:
        return result_of("post", floor, 60, seconds=1 if count < COUNTS[0] else 3)["p50_us"] / 1e3
    for _ in range(TRIES):
        try:
            return echo(floor, count, pause, wait_s=10)
        except Failure as failure:
            said = failure
    raise said


def append(chat: System, count: int, pause: int) -> float:
    return result_of_rows(chat, room="hops", appends=count, pause_ms=pause)["p50_us"] / 1e3


def ratio(of_pause: dict, way: str = "two workers") -> float:
    return median(of_pause[way]) / (median(of_pause[STORED]) + median(of_pause[CARRIED]))


def ratios(found: dict) -> str:
    return ", ".join(f"{pause} ms: {ratio(found[pause]):.2f} x" for pause in found)


def worst(entry: dict) -> float:
    return max(ratio(of_pause) for of_pause in entry["pauses"].values())


def section(entry: dict) -> str:
    rows = []
    for pause, ways in entry["pauses"].items():
        cells = [spread(ways[way], "ms") for way in (*CHATS, STORED, CARRIED)]
        cells += [f"{ratio(ways, way):.2f}" for way in CHATS]
        rows.append([f"{pause} ms", *cells])
    heads = ("pauses", *CHATS, STORED, CARRIED, *(f"{way} / least" for way in CHATS))
    return "\n".join(
        [
            "## From a POST to one reader, beside the least that must be done",
            "",
            f"The median of one message after the other, in {entry['rounds']} rounds: through the",
            "chat; stored alone, by `chat.append` and libpq; and carried alone, through the same",
            "nginx by the floor. The least is the sum of the last two.",
            "",
            *table(heads, rows),
        ]
    )
