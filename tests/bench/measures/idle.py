"""N polls that wait while nobody says anything: memory, CPU, SQL statements."""

import math
import time

from stack import Failure

from ..generator import Polls
from ..numbers import short
from ..processes import Pids, cpu_by_role, kernel_memory_kb, memory_kb, used_since
from ..runs import progress, running
from ..settings import LARGE, Settings
from ..statements import COUNTED, begin_counting, count_statements
from ..system import Scale, System
from ..systems import SYSTEMS
from ..tables import by_polls, table

NAMES = ("chat", "nchan", "blocking")
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
    for name in NAMES:
        if name in settings.systems and polls <= (SYSTEMS[name].most_polls or polls):
            try:
                with running(name, settings, Scale(polls), postgres_settings=COUNTED) as system:
                    found[name] = observe(system, polls, timeout_s)
            except Failure as failure:
                failures[name] = str(failure)
                progress(f"idle   {polls:,} polls  {name:8}  {failure}")
                continue
            progress(f"idle   {polls:,} polls  {name:8}  {summary(found[name])}")
    return {"timeout_s": timeout_s, "systems": found, "failures": failures}


def observe(system: System, polls: int, timeout_s: int) -> dict:
    if hasattr(system, "postgres"):
        begin_counting(system)
    time.sleep(SETTLE_S)
    memory_before, kernel_before = memory_by_role(system.pids()), kernel_memory_kb()
    with Polls(system, polls, poll_timeout_s=timeout_s) as generator:
        if not system.all_parked():
            raise Failure(f"{system.title}: of {polls:,} polls {system.parked():,} wait.")
        parked_at = time.monotonic()
        time.sleep(min(SETTLE_S, timeout_s / 4))
        memory, kernel = memory_by_role(system.pids()), kernel_memory_kb()
        if not system.rests:
            # All its processes are there for the polls.
            memory_before |= {role: 0 for role in memory if role != "nginx"}
        began = parked_at - generator.seconds_to_park
        quiet_until = max(began + timeout_s - BEFORE_TIMEOUT_S, time.monotonic() + 1)
        quiet = watch(system, generator, quiet_until - time.monotonic())
        # Polls of nchan have no timeout, so that there would be nothing to see.
        repolling = watch(system, generator, TIMEOUTS * timeout_s) if system.times_out else None
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


def watch(system: System, generator: Polls, seconds: float) -> dict:
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
        "## N polls that wait while nobody speaks",
        "",
        "Memory for one poll that waits: what processes share counts once among them (PSS). The",
        "kernel's (slab, page tables, stacks) is that of the whole machine, with the clients' side",
        "of each connection. CPU in percent of one core: first before any poll times out, then",
        "while all time out and poll again, so many a second. SQL statements are of that time.",
    ]
    return "\n".join(lines + by_polls(entries, lambda entry: f", {entry['timeout_s']} s", table_of))


def table_of(entry: dict) -> list[str]:
    rows = []
    for name, found in entry["systems"].items():
        memory = [
            f"{short(found['memory_kb'][role])} KB" if role in found["memory_kb"] else ""
            for role in ("nginx", "worker", "postgres")
        ]
        later = found["repolling"]
        cells = [SYSTEMS[name].title, *memory, f"{short(found['kernel_kb'])} KB"]
        cells += [f"{short(found['park_s'])} s", cpu_text(found["quiet"])]
        cells += [cpu_text(later), short(later["polls_per_s"])] if later else ["", ""]
        cells.append(short(later["statements_per_s"]) if later and SYSTEMS[name].durable else "")
        rows.append(cells)
    return table(HEADS, rows)


def cpu_text(watched: dict) -> str:
    return f"{100 * sum(watched['cpu_share'].values()):.1f} %"


def chat_memory_kb(entry: dict, roles: tuple[str, ...]) -> float | None:
    found = entry["systems"].get("chat")
    return sum(found["memory_kb"][role] for role in roles) if found else None


def quiet_cpu_percent(entry: dict) -> float | None:
    if "chat" in entry["failures"]:
        return math.inf
    found = entry["systems"].get("chat")
    return 100 * sum(found["quiet"]["cpu_share"].values()) if found else None


def statements_per_worker(entry: dict) -> float | None:
    found = entry["systems"].get("chat")
    return found["repolling"]["statements_per_s"] / found["workers"] if found else None
