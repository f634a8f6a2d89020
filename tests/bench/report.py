"""docs/benchmarks/README.md, made of results.json and of nothing else."""

from pathlib import Path

from . import targets
from .measures import module_of
from .plot import draw
from .results import Results, abouts
from .settings import MEASURES
from .tables import table

OPENING = """# Benchmarks

Made by `make bench` ([how](../testing.md)), which measures the chat beside others on one machine
in alternating rounds, with the load on the same machine. Rely on the ratios: the times are those of
this machine, which others may have used meanwhile. Each cell is a median (least..most). The raw
numbers are in [results.json](results.json).

- **this chat**: as `make run` starts it; durable, ordered, exactly once.
- **the floor**: behind the same nginx with the same site, the least that a FastCGI program can do:
  it holds requests and answers all of them with a constant of the same size. No database, no rooms.
- **nchan**: Debian's libnginx-mod-nchan; messages live in nginx's memory and die with it.
- **nginx, a constant**: an answer of the same size and headers, and nothing behind.
- **a process for each poll**: the plain way, with the worker's own code; looks, sleeps a second,
  looks again. A process and a connection to PostgreSQL for each poll, so for at most 1,000.

Where more polls wait than the descriptors of a process allow (nginx takes two for each), all
systems have more processes of nginx, and the chat has more workers."""


def write(results: Results, directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    if "fanout" in results:
        draw(results["fanout"], directory / "growth.svg")
    (directory / "README.md").write_text(text(results))


def text(results: Results) -> str:
    parts = [OPENING, targets.section(results)]
    parts += [module_of(name).section(results[name]) for name in MEASURES if name in results]
    return "\n\n".join([*parts, machine_section(results)]) + "\n"


def machine_section(results: Results) -> str:
    """One row for what was measured on the same day with the same parts."""
    measured: dict[str, list[str]] = {}
    for name, about in abouts(results):
        machine = ", ".join(f"{what} {text}" for what, text in about["machine"].items())
        parts = ", ".join(f"{what} {text}" for what, text in about["versions"].items())
        measured.setdefault(f"{about['date']} | {machine} | {parts}", []).append(name)
    rows = [(", ".join(names), about) for about, names in measured.items()]
    heads = ("what", "date", "machine", "versions")
    return "\n".join(["## When and where", "", *table(heads, rows)])
