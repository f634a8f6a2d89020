"""What was measured, in docs/benchmarks/results.json: each measure has its own date, so that a run
of one leaves the others as they are."""

import datetime
import json
from pathlib import Path

from .machine import describe_machine, versions

Results = dict[str, dict]

# Their parts by number of polls are kept apart too.
BY_SIZE = ("fanout", "streams", "idle")


def load(path: Path) -> Results:
    return json.loads(path.read_text()) if path.exists() else {}


def save(path: Path, results: Results) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rounded(results), indent=1) + "\n")


def about_now() -> dict:
    return {
        "date": datetime.date.today().isoformat(),
        "machine": describe_machine(),
        "versions": versions(),
    }


def add(results: Results, measure: str, found: dict, about: dict) -> None:
    if measure in BY_SIZE:
        kept = results.setdefault(measure, {})
        kept.update({size: entry | {"about": about} for size, entry in found.items()})
    else:
        results[measure] = found | {"about": about}


def abouts(results: Results) -> list[tuple[str, dict]]:
    """What was measured when and where: `fanout 1000` and so on."""
    found = []
    for measure, entry in results.items():
        parts = entry.items() if measure in BY_SIZE else [("", entry)]
        found += [(f"{measure} {size}".strip(), part["about"]) for size, part in parts]
    return found


def rounded(value):
    """Six digits are more than was measured."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value
