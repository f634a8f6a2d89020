"""N polls, or streams, that wait while nobody says anything: memory, CPU, SQL statements."""

import math
import time

from stack import Failure

from ..generator import Readers
from ..numbers import short
from ..processes import Pids, cpu_by_role, kernel_memory_kb, memory_kb, used_since
from ..runs import progress, running
from ..settings import LARGE, Settings
from ..statements import COUNTED, begin_counting, count_statements
from ..system import Scale, System
from ..systems import POLLS, SYSTEMS, readers_of, system_of, title_of
from ..tables import by_polls, table

STREAM = "chat streams"
WAYS = ("chat", STREAM, "nchan", "nchan streams", "blocking")
SETTLE_S = 2
BEFORE_TIMEOUT_S = 2  # polls that are parked together do not all time out together
TIMEOUTS = 2  # that polls idle through
HEADS = (
    "",
    "nginx",
    "worker",
    "PostgreSQL",
    "kernel",
    "to park all",
    "CPU, waiting",
    "CPU, timing out",
    "polls a second",
    "SQL statements a second",
)


def measure(settings: Settings) -> dict[str, dict]:
    return {str(polls): measure_size(settings, polls) for polls in settings.sizes}


def measure_size(settings: Settings, polls: int) -> dict:
    timeout_s = 3 if settings.quick else 55 if polls >= LARGE else 20
    found, failures = {}, {}
    for way in WAYS:
        name = system_of(way)
        if name in settings.systems and polls <= (SYSTEMS[name].most_polls or polls):
            try:
                with running(way, settings, Scale(polls), postgres_settings=COUNTED) as system:
                    found[way] = observe(system, polls, timeout_s, readers_of(way))
            except Failure as failure:
                failures[way] = str(failure)
                progress(f"idle   {polls:,} {way:12}  {failure}")
                continue
            progress(f"idle   {polls:,} {way:12}  {summary(found[way])}")
    return {"timeout_s": timeout_s, "systems": found, "failures": failures}


def observe(system: System, polls: int, timeout_s: int, hold: str) -> dict:
    if hasattr(system, "postgres"):
        begin_counting(system)
    time.sleep(SETTLE_S)
    memory_before, kernel_before = memory_by_role(system.pids()), kernel_memory_kb()
    with Readers(system, polls, hold, poll_timeout_s=timeout_s) as generator:
        if not system.all_parked():
            raise Failure(f"{system.title}: of {polls:,} readers {system.parked():,} wait.")
        parked_at = time.monotonic()
        time.sleep(min(SETTLE_S, timeout_s / 4))
        memory, kernel = memory_by_role(system.pids()), kernel_memory_kb()
        if not system.rests:
            # All its processes are there for the polls.
            memory_before |= {role: 0 for role in memory if role != "nginx"}
        began = parked_at - generator.seconds_to_park
        # Each stream says a few times a minute that it lives: all of them once in that time.
        before_s = BEFORE_TIMEOUT_S if hold == POLLS else 0
        quiet_until = max(began + timeout_s - before_s, time.monotonic() + 1)
        quiet = watch(system, generator, quiet_until - time.monotonic())
        # Polls of nchan have no timeout, and nor have streams: there would be nothing to see.
        times_out = system.times_out and hold == POLLS
        repolling = watch(system, generator, TIMEOUTS * timeout_s) if times_out else None
        return {
            "park_s": generator.seconds_to_park,
            "workers": len(system.pids().get("worker", ())),
            "memory_kb": {role: (memory[role] - memory_before[role]) / polls for role in memory},
            "kernel_kb": (kernel - kernel_before) / polls,
            "quiet": quiet,
            "repolling": repolling,
        }


def memory_by_role(pids: Pids) -> dict[str, int]:
    return {role: memory_kb(some) for role, some in pids.items()}


def watch(system: System, generator: Readers, seconds: float) -> dict:
    """What happens by itself, for a second."""
    pids = system.pids()
    began, before = time.monotonic(), cpu_by_role(pids)
    statements = statements_of(system)
    generator.stats()  # which counts from here
    time.sleep(seconds)
    used, took = used_since(before, pids), time.monotonic() - began
    return {
        "seconds": took,
        "cpu_share": {role: ns / 1e9 / took for role, ns in used.items()},
        "statements_per_s": (statements_of(system) - statements) / took,
        "polls_per_s": generator.stats()["empty_answers"] / took,
    }


def statements_of(system: System) -> int:
    return count_statements(system) if hasattr(system, "postgres") else 0


def summary(found: dict) -> str:
    memory = ", ".join(f"{role} {kb:.1f} KB" for role, kb in found["memory_kb"].items())
    cpu = 100 * sum(found["quiet"]["cpu_share"].values())
    statements = found["quiet"]["statements_per_s"]
    return f"{memory}, {cpu:.1f} % CPU, {statements:.1f} SQL statements a second"


def section(entries: dict[str, dict]) -> str:
    lines = [
        "## N polls, or streams, that wait while nobody speaks",
        "",
        "Memory for one reader who waits: what processes share counts once among them (PSS). The",
        "kernel's (slab, page tables, stacks) is that of the whole machine, with the clients' side",
        "of each connection. CPU in percent of one core: first before any poll times out, then",
        "while all time out and poll again, so many a second. SQL statements are of that time.",
        "Streams do not time out; each of the chat's says every 15 to 20 s that it lives.",
    ]
    return "\n".join(
        lines + by_polls(entries, lambda entry: f", {entry['timeout_s']} s", table_of, "readers")
    )


def table_of(entry: dict) -> list[str]:
    rows = []
    for way, found in entry["systems"].items():
        memory = [
            f"{short(found['memory_kb'][role])} KB" if role in found["memory_kb"] else ""
            for role in ("nginx", "worker", "postgres")
        ]
        later = found["repolling"]
        cells = [title_of(way), *memory, f"{short(found['kernel_kb'])} KB"]
        cells += [f"{short(found['park_s'])} s", cpu_text(found["quiet"])]
        cells += [cpu_text(later), short(later["polls_per_s"])] if later else ["", ""]
        cells.append(
            short(later["statements_per_s"]) if later and SYSTEMS[system_of(way)].durable else ""
        )
        rows.append(cells)
    return table(HEADS, rows)


def cpu_text(watched: dict) -> str:
    return f"{100 * sum(watched['cpu_share'].values()):.1f} %"


def chat_memory_kb(entry: dict, roles: tuple[str, ...], way: str = "chat") -> float | None:
    found = entry["systems"].get(way)
    return sum(found["memory_kb"][role] for role in roles) if found else None


def quiet_cpu_percent(entry: dict) -> float | None:
    if "chat" in entry["failures"]:
        return math.inf
    found = entry["systems"].get("chat")
    return 100 * sum(found["quiet"]["cpu_share"].values()) if found else None


def statements_per_worker(entry: dict) -> float | None:
    found = entry["systems"].get("chat")
    return found["repolling"]["statements_per_s"] / found["workers"] if found else None
