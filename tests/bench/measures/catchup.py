"""Reading 100,000 messages in pages of 1,000: through nginx, and with libpq alone."""

from pathlib import Path

from stack import Failure

from ..generator import result_of, result_of_rows
from ..numbers import median, spread
from ..runs import progress, running
from ..settings import Settings
from ..system import Scale, System
from ..tables import table

MESSAGES = 100_000
READERS = (1, 10, 100)
ROUNDS = {100: 3}  # take long
LIMIT = 1000
FILL = Path(__file__).resolve().parents[1] / "sql/fill.sql"
TITLES = {"chat": "this chat, through nginx", "libpq": "the same rows with libpq alone"}


def measure(settings: Settings) -> dict:
    found: dict[str, dict] = {}
    connections = f"max_connections={max(READERS) + 50}"
    with running("chat", settings, Scale(max(READERS)), postgres_settings=(connections,)) as chat:
        chat.postgres.psql(FILL.read_text())
        chat.postgres.psql("VACUUM ANALYZE chat.messages")
        for readers in READERS:
            found[str(readers)] = measure_readers(settings, chat, readers)
    return {"messages": MESSAGES, "readers": found}


def measure_readers(settings: Settings, chat: System, readers: int) -> dict:
    rounds = min(settings.rounds, ROUNDS.get(readers, settings.rounds))
    found: dict[str, list[dict]] = {"chat": [], "libpq": []}
    for number in range(1, rounds + 1):
        for way, read in (("chat", through_nginx), ("libpq", with_libpq)):
            result = read(chat, readers)
            found[way].append(result)
            progress(
                f"catchup {readers} readers  round {number}/{rounds}  {way:8}  "
                f"{result['seconds']:,.2f} s"
            )
    return found


def through_nginx(chat: System, readers: int) -> dict:
    options = {"clients": readers, "room": "bench", "limit": LIMIT, "expect": MESSAGES}
    result = result_of("catch-up", chat, 300, **options)
    if result["failed"]:
        raise Failure(f"{result['failed']} readers failed: {result['first_failure']}")
    return {"seconds": result["seconds"]}


def with_libpq(chat: System, readers: int) -> dict:
    result = result_of_rows(chat, room="bench", readers=readers, limit=LIMIT)
    if result["failed"] or result["messages"] != readers * MESSAGES:
        raise Failure(
            f"libpq read {result['messages']} messages, {result['failed']} readers failed."
        )
    return {"seconds": result["seconds"]}


def ratio(entry: dict, readers: int) -> float | None:
    found = entry["readers"].get(str(readers))
    if not found:
        return None
    return median([one["seconds"] for one in found["chat"]]) / median(
        [one["seconds"] for one in found["libpq"]]
    )


def section(entry: dict) -> str:
    rows = []
    for readers, ways in entry["readers"].items():
        for way, results in ways.items():
            rates = [int(readers) * entry["messages"] / one["seconds"] for one in results]
            seconds = spread([one["seconds"] for one in results], "s")
            rows.append([readers, TITLES[way], seconds, spread(rates)])
    return "\n".join(
        [
            "## Catching up",
            "",
            f"Readers who begin at once and read {entry['messages']:,} messages of 100 bytes, in",
            f"pages of {LIMIT:,}. Until the last has all of them.",
            "",
            *table(("readers", "", "time", "messages a second"), rows),
        ]
    )
