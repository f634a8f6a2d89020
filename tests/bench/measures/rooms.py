"""One message to N readers of all rooms, of which there are very many, beside readers of one."""

from ..generator import Readers
from ..numbers import median
from ..runs import progress, running
from ..settings import Settings
from ..system import Scale, System
from ..systems import POLLS, STREAMS
from . import fanout

READERS = 10_000
ROOMS = 10_000
# Who reads what.
WAYS = {
    f"{what} {hold}": (room, hold)
    for hold in (POLLS, STREAMS)
    for what, room in (("one", "bench-0"), ("all", "*"))
}
TITLES = {
    f"one {POLLS}": "polls of one room",
    f"all {POLLS}": "polls of `room=*`",
    f"one {STREAMS}": "streams of one room",
    f"all {STREAMS}": "streams of `room=*`",
}
# A message in each room; then the last of them all.
FILL = """
SELECT count(*) FROM (
    SELECT array_agg('Somebody was here.'::text) AS bodies, array_agg('bench-' || n) AS rooms,
           array_agg(NULL::text) AS authors, array_agg('first-' || n) AS keys
    FROM generate_series(0, {last_room}) AS n) AS batch,
    LATERAL chat.append(bodies, rooms, authors, keys)
"""
NEWEST = "SELECT id FROM chat.messages ORDER BY id DESC LIMIT 1"


def measure(settings: Settings) -> dict:
    readers = min(settings.polls, READERS)
    found: dict[str, list[dict]] = {way: [] for way in WAYS}
    with running("chat", settings, Scale(readers)) as chat:
        chat.postgres.psql(FILL.format(last_room=ROOMS - 1))
        chat.postgres.psql("VACUUM ANALYZE chat.messages")
        for number in range(1, settings.rounds + 1):
            for way in WAYS:
                posts = one_visit(chat, readers, way)
                found[way] += posts
                last = median([post["last_ms"] for post in posts])
                begin = f"rooms  {readers:,} readers  round {number}/{settings.rounds}"
                progress(f"{begin}  {way:11}  last {last:,.0f} ms")
    return {"readers": readers, "rooms": ROOMS, "systems": found}


def one_visit(chat: System, readers: int, way: str) -> list[dict]:
    room, hold = WAYS[way]
    # What is there already would be news.
    newest = chat.postgres.psql(NEWEST)
    with Readers(chat, readers, hold, room=room, after=newest) as generator:
        posts = [fanout.one_post(chat, generator, readers) for _ in range(1 + fanout.POSTS)]
    return posts[1:]


def ratio(entry: dict, hold: str) -> float | None:
    if entry["readers"] != READERS:
        return None
    one, every = (fanout.value(entry, f"{what} {hold}", "last_ms") for what in ("one", "all"))
    return every / one


def section(entry: dict) -> str:
    return "\n".join(
        [
            "## One message to readers of all rooms",
            "",
            f"{entry['readers']:,} readers of `room=*` among {entry['rooms']:,} rooms that have",
            "messages, beside as many readers of one of them, in turn. Times and CPU as above.",
            "",
            *fanout.table_of(entry, TITLES.__getitem__),
        ]
    )
