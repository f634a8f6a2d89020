"""The table at the end of a run."""

from collections import Counter

from findings import KINDS, Findings
from faults import Faults
from judge import Verdict, faults_around
from memory import Memory


def summarize(counts: dict, rows: int, faults: Faults, findings: Findings, verdict: Verdict,
              memory: Memory) -> list[tuple[str, str]]:  # fmt: skip
    """Rows of a name and a value."""
    times = Counter(fault.kind for fault in faults.injected)
    lines = [("faults", f"{sum(times.values()):,}")]
    lines += [(f"  {Faults.KINDS[kind]}", str(times[kind])) for kind in Faults.KINDS if times[kind]]
    answers = counts["sent"] - counts["unresolved"]
    lines += [
        ("messages in the table", f"{rows:,}"),
        ("acknowledged", f"{answers:,}"),
        ("unknown outcomes", unknown_outcomes(counts)),
        ("retries answered with the original", f"{counts['acknowledged'] - answers:,}"),
        ("messages edited", f"{counts['edited']:,}"),
        ("messages deleted by their writers", f"{counts['deleted']:,}"),
        ("changes of what was removed", f"{counts['missed']:,}"),
        ("read by all readers", f"{counts['read']:,}"),
        *(("  " + kind, read_by(read)) for kind, read in counts["kinds"].items()),
        ("told of another epoch", f"{counts['begun_again']:,}"),
        ("longest pause in writing", pause(counts["writing_pause"], faults)),
        ("longest pause in reading", pause(counts["reading_pause"], faults)),
        ("slowest answer to a POST", f"{counts['slowest_post_ms'] / 1000:.1f} s"),
        ("a worker's memory", f"{memory.growth() or 'too short to say'}"),
        ("most memory of a worker", f"{memory.peak_kb() / 1024:.1f} MB"),
        ("errors that clients saw", f"{sum(verdict.allowed.values()) + len(verdict.forbidden):,}"),
    ]
    lines += [(f"  {kind} (allowed)", f"{n:,}") for kind, n in verdict.allowed.items()]
    forbidden = Counter(error.kind for error in verdict.forbidden)
    lines += [(f"  {kind} (NOT ALLOWED)", f"{n:,}") for kind, n in forbidden.items()]
    lines += [(kind, f"{findings.count(kind):,}") for kind in KINDS]
    return lines


def unknown_outcomes(counts: dict) -> str:
    return (
        f"{counts['unknown']:,}, of which {counts['resolved']:,} were resolved by repeating and "
        f"{counts['unresolved']:,} had no key"
    )


def read_by(kind: dict) -> str:
    return (
        f"{kind['read']:,}, of which {kind['changes']:,} were changes, in {kind['answers']:,} "
        f"answers to {kind['readers']:,}"
    )


def pause(span_ms: list[int], faults: Faults) -> str:
    began, ended = (ms / 1000 for ms in span_ms)
    return f"{ended - began:.1f} s ({faults_around(began, ended, faults)})"


def as_text(lines: list[tuple[str, str]]) -> str:
    width = max(len(name) for name, _ in lines)
    return "\n".join(f"  {name:<{width}}  {value}" for name, value in lines)
