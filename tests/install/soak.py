"""A day in an hour: many polls, steady posts, and nothing that grows."""

import json
import subprocess
import time

from images import log
from machine import Machine
from report import Report

POLLS, POSTERS, POSTS_PER_S, ROOMS = 1000, 20, 10, 50
SAMPLE_S = 15


def soak(machine: Machine, report: Report, minutes: float) -> None:
    """The window of newest messages is small, so that it is full long before the end."""
    machine.shell("echo 'window-messages = 1000' >>/etc/chat/chat.conf && chat-setup restart")
    loader = subprocess.Popen(
        machine.command(
            *["python3", "/root/load.py", "soak", f"--polls={POLLS}", f"--posts={POSTERS}"],
            *[f"--rate={POSTS_PER_S}", f"--rooms={ROOMS}"],
        ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    samples = []
    try:
        end = time.monotonic() + 60 * minutes
        while time.monotonic() < end:
            time.sleep(min(SAMPLE_S, max(1, end - time.monotonic())))
            samples.append(_sample(machine))
            log(f"soak: {samples[-1]}")
        output, _ = loader.communicate("quit\n", timeout=300)
    finally:
        loader.kill()
    result = json.loads(output.splitlines()[-1])
    rate = result["stored"] / (60 * minutes)
    report.load(f"{minutes:g} min of {POLLS} polls", result, remark=f"{rate:.1f} posts/s stored")
    for name in samples[0]:
        _judge(report, name, [sample[name] for sample in samples])


def _sample(machine: Machine) -> dict[str, int]:
    pids = " ".join(str(pid) for pid in machine.workers().values())
    resident, descriptors = machine.shell(
        f"""
        for pid in {pids}; do sed -n 's/^VmRSS:[^0-9]*//p' /proc/$pid/status; done |
            awk '{{ sum += $1 }} END {{ print sum }}'
        for pid in {pids}; do ls /proc/$pid/fd; done | wc -l"""
    ).split()
    connections = machine.run(
        *["psql", "-XAtqc", "SELECT count(*) FROM pg_stat_activity WHERE usename = 'chat_worker'"],
        user="postgres",
    )
    return {
        "resident KiB": int(resident),
        "descriptors": int(descriptors),
        "database connections": int(connections),
    }


def _judge(report: Report, name: str, values: list[int]) -> None:
    """Flat: the last third is nowhere more than 3 % above the second."""
    third = max(1, len(values) // 3)
    middle, last = max(values[third : 2 * third] or values), max(values[-third:])
    report.check(f"soak: {name} flat", last <= 1.03 * middle, f"at most {middle}, then {last}")
