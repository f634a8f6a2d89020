"""The machine's kind and the versions of every part: nothing that tells whose it is."""

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from . import REPOSITORY

PACKAGES = ("nginx", "libnginx-mod-nchan", "libfcgi0ldbl", "libpq5", "g++", "valgrind")


def describe_machine() -> dict[str, str]:
    cpu = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory_kb = int(Path("/proc/meminfo").read_text().split()[1])
    system = re.search(r'^PRETTY_NAME="(.*)"$', Path("/etc/os-release").read_text(), re.MULTILINE)
    return {
        "CPU": cpu[1] if cpu else platform.machine(),
        "cores": str(os.cpu_count()),
        "memory": f"{memory_kb / 2**20:.0f} GiB",
        "kernel": platform.release().split("-")[0],
        "system": system[1] if system else platform.system(),
    }


def versions() -> dict[str, str]:
    found = {"chat": version_of_the_chat()}
    for package in PACKAGES:
        if version := package_version(package):
            found[package] = version
    found["PostgreSQL"] = word_after("psql (PostgreSQL) ", ["psql", "--version"])
    return found


def version_of_the_chat() -> str:
    version = re.search(r"^VERSION := (.*)$", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)[
        1
    ]
    commit = subprocess.run(
        ["git", "-C", str(REPOSITORY), "describe", "--always", "--dirty"],
        capture_output=True,
        text=True,
    )
    return f"{version}, {commit.stdout.strip()}" if commit.returncode == 0 else version


def package_version(name: str) -> str:
    if shutil.which("dpkg-query") is None:
        return ""
    query = ["dpkg-query", "--show", "--showformat=${Version}", name]
    return subprocess.run(query, capture_output=True, text=True).stdout.strip()


def word_after(words: str, command: list[str]) -> str:
    said = subprocess.run(command, capture_output=True, text=True).stdout
    return said.removeprefix(words).split()[0] if said.startswith(words) else "unknown"
