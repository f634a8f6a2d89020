"""Tables of the report, in Markdown."""

from collections.abc import Callable, Iterable

from .systems import POLLS, title_of


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    heads = list(heads)
    return [line(heads), "|" + "---|" * len(heads), *map(line, rows)]


def line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def by_polls(
    entries: dict[str, dict],
    heading: Callable[[dict], str],
    rows: Callable[[dict], list[str]],
    what: str = POLLS,
) -> list[str]:
    """A table for each number of readers, ascending, and who did not come through."""
    lines = []
    for polls, entry in sorted(entries.items(), key=lambda item: int(item[0])):
        lines += ["", f"### {int(polls):,} {what}{heading(entry)}", "", *rows(entry)]
        for way, sentence in entry["failures"].items():
            lines += ["", f"{title_of(way)} did not come through: {sentence}"]
    return lines
