"""Clients that post, each waiting for its answer; against rows that are inserted one by one."""

import re
import shutil
import subprocess
from pathlib import Path

from stack import Failure

from ..generator import result_of
from ..numbers import median, percentile, spread
from ..processes import cpu_of_a_family_ns
from ..runs import alternate, progress, running
from ..settings import Settings
from ..system import BODY_BYTES, Scale, System
from ..systems import Chat
from ..tables import table

CLIENTS = (1, 10, 50, 200)
SECONDS = 3
ROUNDS = 5  # are enough for a rate
SQL = Path(__file__).resolve().parents[1] / "sql"
CALLERS = 4  # of chat.append alone, each with batches of BATCH
BATCH = 200
HEADS = ("clients", "", "messages a second", "p50", "p99", "CPU of PostgreSQL for one")

TITLES = {
    "chat": "this chat, durable and ordered, through nginx",
    "blocking": "one INSERT per request, through nginx",
    "inserts": "one INSERT per transaction, without HTTP (pgbench)",
    "append": "chat.append alone, batches of 200 (pgbench)",
}


def measure(settings: Settings) -> dict:
    seconds = 1 if settings.quick else SECONDS
    rounds = min(settings.rounds, ROUNDS)
    return {
        "seconds": seconds,
        "rounds": rounds,
        "clients": {
            str(clients): measure_clients(settings, clients, rounds, seconds) for clients in CLIENTS
        },
    }


def measure_clients(settings: Settings, clients: int, rounds: int, seconds: float) -> dict:
    found: dict[str, list[dict]] = {}
    for number, name in alternate(settings, rounds, ("chat", "blocking")):
        scale = Scale(polls=0, clients=clients)
        connections = (f"max_connections={clients + 100}",) if name == "chat" else ()
        with running(name, settings, scale, postgres_settings=connections) as system:
            rates = {name: observe(system, through_nginx, clients, seconds)}
            if isinstance(system, Chat):
                rates |= beside(system, clients, seconds)
        for way, rate in rates.items():
            found.setdefault(way, []).append(rate)
            progress(
                f"posting {clients} clients  round {number}/{rounds}  {way:8}  "
                f"{rate['per_second']:,.0f} a second"
            )
    return found


def beside(chat: System, clients: int, seconds: float) -> dict[str, dict]:
    """In the cluster of the chat, with the same disk below."""
    chat.postgres.psql("CREATE TABLE plain (LIKE chat.messages INCLUDING ALL)")
    found = {"inserts": observe(chat, inserts, clients, seconds)}
    if clients == max(CLIENTS):
        found["append"] = observe(chat, append_alone, clients, seconds)
    return found


def observe(system: System, post, clients: int, seconds: float) -> dict:
    """With what a message costs the database, which a noisy machine changes less than its time."""
    before = cpu_of_a_family_ns(system.pids()["postgres"])
    result = post(system, clients, seconds)
    used = cpu_of_a_family_ns(system.pids()["postgres"]) - before
    return result | {"postgres_us": used / 1e3 / result["stored"]}


def through_nginx(system: System, clients: int, seconds: float) -> dict:
    before = count(system)
    options = {"clients": clients, "seconds": seconds, "bytes": BODY_BYTES}
    result = result_of("post", system, seconds + 60, **options)
    stored = count(system) - before
    if result["failed"]:
        raise Failure(f"{system.title}: {result['failed']} posts: {result['first_failure']}")
    # The last of each client may be stored and no longer answered.
    if stored < result["posts"]:
        raise Failure(f"{system.title} answered {result['posts']} posts and stored {stored}.")
    return {
        "per_second": result["per_second"],
        "p50_ms": result["p50_us"] / 1e3,
        "p99_ms": result["p99_us"] / 1e3,
        "stored": stored,
    }


def count(system: System) -> int:
    return int(system.postgres.psql("SELECT count(*) FROM chat.messages"))


def inserts(system: System, clients: int, seconds: float) -> dict:
    return pgbench(system, "insert.sql", clients, seconds)


def append_alone(system: System, clients: int, seconds: float) -> dict:
    result = pgbench(system, "append.sql", CALLERS, seconds)
    for name in ("per_second", "stored"):
        result[name] *= BATCH
    return result


def pgbench(system: System, script: str, clients: int, seconds: float) -> dict:
    """Where its clients take longer than that to connect, once more and for longer."""
    for longer in (1, 4, 16):
        if result := pgbench_for(system, script, clients, longer * seconds):
            return result
    raise Failure("pgbench measured nothing: its clients do not connect in time")


def pgbench_for(system: System, script: str, clients: int, seconds: float) -> dict | None:
    log = system.var / "pgbench"
    shutil.rmtree(log, ignore_errors=True)
    log.mkdir()
    command = [f"{system.postgres.bin}/pgbench", "--no-vacuum", "--protocol=prepared", "--log"]
    command += [f"--client={clients}", f"--jobs={min(clients, 2)}", f"--time={int(seconds)}"]
    command += [
        f"--log-prefix={log}/{script}",
        f"--file={SQL / script}",
        system.postgres.conninfo(),
    ]
    done = subprocess.run(command, env=system.postgres.env, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"pgbench failed: {done.stderr.strip()}")
    rate = re.search(r"tps = ([\d.]+) \(without", done.stdout)
    return {"per_second": float(rate[1]), **latencies(log)} if rate else None


def latencies(log: Path) -> dict:
    """The third word of each line is a transaction's time in microseconds."""
    times_ms = [int(line.split()[2]) / 1e3 for path in log.iterdir() for line in path.open()]
    for path in log.iterdir():
        path.unlink()
    return {
        "p50_ms": percentile(times_ms, 50),
        "p99_ms": percentile(times_ms, 99),
        "stored": len(times_ms),
    }


def value(entry: dict, clients: int, way: str, name: str) -> float | None:
    rates = entry["clients"].get(str(clients), {}).get(way)
    return median([rate[name] for rate in rates]) if rates else None


def section(entry: dict) -> str:
    rows = []
    for clients, ways in entry["clients"].items():
        for way, rates in ways.items():
            cells = [
                spread([rate[name] for rate in rates], unit)
                for name, unit in (
                    ("per_second", ""),
                    ("p50_ms", "ms"),
                    ("p99_ms", "ms"),
                    ("postgres_us", "us"),
                )
            ]
            rows.append([clients, TITLES[way], *cells])
    return "\n".join(
        [
            "## Posting",
            "",
            f"Clients that post {BODY_BYTES} bytes, each waiting for its answer, for",
            f"{entry['seconds']} s in each of {entry['rounds']} rounds. The times are those of a",
            "request, or of a transaction.",
            "",
            *table(HEADS, rows),
        ]
    )
