"""What order and exactly-once cost, or bring: `make chaos-bench`.

200 clients post through nginx, each waiting for its answer (wrk); against 200 connections that
store one row per transaction, without any promise of order (pgbench); and against chat.append
called from the database's side. The same cluster, the same fsync, in turn, so that a noisy machine
disturbs all of them. HTTP has its price: on a small machine it is what limits the first.

  ROUNDS   of all three (default 3)
  SECONDS  of each (default 10)
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "scripts"))

from stack import Failure, Stack, number_from, processes_in, say  # noqa: E402

CLIENTS = 200


def output_of(command: list[str], env=None) -> str:
    done = subprocess.run(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode != 0:
        raise Failure(f"{command[0]} failed: {done.stdout}")
    return done.stdout


def through_nginx(stack: Stack, seconds: int) -> float:
    """Messages per second that were stored; all of them acknowledged, none refused."""
    stored_before = int(stack.postgres.psql("SELECT count(*) FROM chat.messages"))
    command = ["wrk", "--threads=2", f"--connections={CLIENTS}", f"--duration={seconds}s"]
    output = output_of([*command, "--script", str(HERE / "post.lua"), f"{stack.url}/messages"])
    if "Non-2xx" in output or "Socket errors" in output:
        raise Failure(f"Not all posts were answered: {output}")
    answered = int(re.search(r"(\d+) requests in", output)[1])
    stored = int(stack.postgres.psql("SELECT count(*) FROM chat.messages")) - stored_before
    # The last of each client may be stored and no longer answered.
    if not answered <= stored <= answered + CLIENTS:
        raise Failure(f"{answered} posts were answered and {stored} stored.")
    return float(re.search(r"Requests/sec: +([\d.]+)", output)[1])


def pgbench(stack: Stack, script: str, clients: int, seconds: int) -> float:
    """Transactions per second."""
    command = [f"{stack.postgres.bin}/pgbench", "--no-vacuum", "--protocol=prepared"]
    command += [f"--client={clients}", "--jobs=2", f"--time={seconds}"]
    output = output_of(
        [*command, f"--file={HERE / script}", stack.postgres.conninfo()], stack.postgres.env
    )
    return float(re.search(r"tps = ([\d.]+) \(without", output)[1])


def plain_inserts(stack: Stack, seconds: int) -> float:
    return pgbench(stack, "insert.sql", CLIENTS, seconds)


def append_alone(stack: Stack, seconds: int) -> float:
    """Without nginx and workers: four callers with batches of 200."""
    return 200 * pgbench(stack, "append.sql", 4, seconds)


WAYS = {
    "ordered, through nginx": through_nginx,
    "one INSERT each": plain_inserts,
    "chat.append alone": append_alone,
}


def database_cpu_s(stack: Stack) -> float:
    """What PostgreSQL has used; a noisy machine changes it less than the time it takes."""
    ticks = 0
    # The postmaster, whose number is the smallest, last: it inherits from those who end meanwhile.
    for pid in reversed(processes_in(stack.postgres.data, "postgres")):
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            continue
        # User and system, its own and of its dead children; nobody else but it has any.
        ticks += sum(map(int, stat.rpartition(")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def compare(stack: Stack, rounds: int, seconds: int) -> None:
    stack.postgres.psql("CREATE TABLE plain (LIKE chat.messages INCLUDING ALL)")
    rates = {way: [] for way in WAYS}
    cpu_us = {way: [] for way in WAYS}
    for n in range(1, rounds + 1):
        for way, measure in WAYS.items():
            before = database_cpu_s(stack)
            rate = measure(stack, seconds)
            rates[way].append(rate)
            cpu_us[way].append((database_cpu_s(stack) - before) / (rate * seconds) * 1e6)
            say(f"round {n}  {way:24} {rate:8,.0f} messages/s")
    plain = statistics.median(rates["one INSERT each"])
    say("\nmedians                    messages/s   ratio   CPU of PostgreSQL for a message")
    for way in WAYS:
        rate, cpu = statistics.median(rates[way]), statistics.median(cpu_us[way])
        say(f"{way:24} {rate:12,.0f}   {rate / plain:5.2f}   {cpu:5.0f} us")


def main() -> int:
    directory = Path(tempfile.mkdtemp(prefix="chat-bench-", dir="/tmp"))
    directory.chmod(0o755)
    try:
        rounds, seconds = number_from("ROUNDS", 3, 1, 100), number_from("SECONDS", 10, 1, 600)
        with Stack(directory, postgres_settings=(f"max_connections={CLIENTS + 50}",)) as stack:
            compare(stack, rounds, seconds)
        return 0
    except Failure as failure:
        print(f"chaos-bench: {failure}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
