"""A worker dies while N polls wait in rooms that have been quiet for longer than memory reaches,
and the database is far away: all of them are to be let in by the others, and none is to notice."""

import math
import time
from functools import partial

from relay import DistantPostgres
from stack import Failure, wait_until

from ..generator import Readers
from ..numbers import spread
from ..runs import progress, running
from ..settings import Settings
from ..statements import COUNTED, begin_counting, count_statements
from ..system import Scale, System, number_after
from ..tables import table

POLLS = 10_000  # which is what one worker takes, and one is left
POLLS_PER_ROOM = 2
WORKERS = 2
DELAY_MS = 2  # each way
DEATH_S = 10
PARKED_S = 30
PAUSE_S = 0.01
LOOK = "AS look (room, after"  # is in the statements that look for news in many rooms
HEADS = ("deaths", "errors", "all wait again", "SQL statements", "looks")
# A message in each room, a day ago; then a newer one elsewhere, with which memory begins.
FILL = """
WITH quiet AS (
    INSERT INTO chat.messages (id, room, body)
    SELECT (lpad(to_hex(((extract(epoch FROM now() - interval '1 day') * 1000)::bigint << 16) + n),
                 16, '0') || repeat('0', 16))::uuid,
           'bench-' || n, 'It was quiet after this.'
    FROM generate_series(0, {last_room}) AS n
    RETURNING id)
SELECT id FROM quiet ORDER BY id DESC LIMIT 1
"""
SAY_ELSEWHERE = "SELECT chat.append('{news}', '{elsewhere}', '{NULL}', '{first}')"


def measure(settings: Settings) -> dict:
    polls = min(settings.polls, POLLS)
    found: dict = {"polls": polls, "rooms": polls // POLLS_PER_ROOM, "delay_ms": DELAY_MS}
    found |= {"deaths": [], "failures": []}
    distant = partial(DistantPostgres, delay_ms=DELAY_MS)
    for number in range(1, settings.rounds + 1):
        arguments = {"make_postgres": distant, "postgres_settings": COUNTED, "workers": WORKERS}
        try:
            with running("chat", settings, Scale(polls), **arguments) as chat:
                death = one_death(chat, polls, found["rooms"])
        except Failure as failure:
            found["failures"].append(str(failure))
            progress(f"herd   {polls:,} polls  round {number}/{settings.rounds}  {failure}")
            continue
        found["deaths"].append(death)
        progress(
            f"herd   {polls:,} polls  round {number}/{settings.rounds}  {death['failed']} failed,"
            f" all wait after {death['seconds']:.2f} s, {death['statements']} SQL statements"
        )
    return found


def one_death(chat: System, polls: int, rooms: int) -> dict:
    begin_counting(chat)
    cursor = make_quiet_rooms(chat, rooms)
    with Readers(chat, polls, rooms=rooms, after=cursor) as generator:
        if not chat.all_parked():
            raise Failure(f"{chat.title}: of {polls:,} polls {chat.parked():,} wait.")
        generator.stats()  # which counts from here
        statements, looks = count_statements(chat), count_statements(chat, LOOK)
        began = time.monotonic()
        kill_a_worker(chat)
        if not wait_until(lambda: chat.parked() == polls, PARKED_S, PAUSE_S):
            errors = generator.stats()["failed"]
            raise Failure(
                f"Of {polls:,} polls {chat.parked():,} wait again, after {errors} errors."
            )
        seconds = time.monotonic() - began
        return {
            "statements": count_statements(chat) - statements,
            "looks": count_statements(chat, LOOK) - looks,
            "seconds": seconds,
            "failed": generator.stats()["failed"],
        }


def make_quiet_rooms(chat: System, rooms: int) -> str:
    """Returns the cursor of who has read all of them."""
    cursor = chat.postgres.psql(FILL.format(last_room=rooms - 1))
    chat.postgres.psql(SAY_ELSEWHERE)
    chat.postgres.psql("VACUUM ANALYZE chat.messages")
    for index in range(WORKERS):
        chat.stack.workers.restart(index)
    if not wait_until(lambda: healthy(chat) == WORKERS, DEATH_S):
        raise Failure("The workers did not come back.")
    return cursor


def kill_a_worker(chat: System) -> None:
    """Until it is gone: from then on, who waited there is not counted as waiting."""
    pid = chat.stack.workers.kill(0)
    if not wait_until(lambda: pid not in chat.stack.workers.pids(), DEATH_S, PAUSE_S):
        raise Failure("A worker outlives SIGKILL.")


def healthy(chat: System) -> int:
    return number_after("chat_workers_healthy ", chat.text("/metrics"))


def failed(entry: dict) -> float | None:
    """Of all deaths; without end when somebody never came back."""
    if entry["failures"]:
        return math.inf
    return sum(death["failed"] for death in entry["deaths"])


def longest(entry: dict) -> float | None:
    if entry["failures"]:
        return math.inf
    return max(death["seconds"] for death in entry["deaths"])


def section(entry: dict) -> str:
    lines = [
        "## When a worker dies",
        "",
        f"{entry['polls']:,} polls in {entry['rooms']:,} rooms without a message for a day,",
        f"behind cursors older than the workers' memory; the database is {entry['delay_ms']} ms",
        f"away, each way. One of {WORKERS} workers is killed (SIGKILL); its polls come to those",
        "that live. The time is from the kill until all wait again; SQL statements are all until",
        "then, looks are those of them that look for the polls.",
        "",
    ]
    if deaths := entry["deaths"]:
        cells = [str(len(deaths)), f"{sum(death['failed'] for death in deaths):,}"]
        cells.append(spread([death["seconds"] for death in deaths], "s"))
        cells += [spread([death[name] for death in deaths]) for name in ("statements", "looks")]
        lines += table(HEADS, [cells])
    for sentence in entry["failures"]:
        lines += ["", f"A herd did not come through: {sentence}"]
    return "\n".join(lines)
