"""Medians, percentiles and histograms."""

import math
import statistics
from collections.abc import Iterable, Sequence


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest rank: a value that was measured, never one between two."""
    if not values:
        raise ValueError("There is no percentile of nothing.")
    rank = math.ceil(percent / 100 * len(values))
    return sorted(values)[max(rank, 1) - 1]


def percentile_of_histogram(histogram: Sequence, percent: float) -> float:
    """The upper bound of the bucket that holds it, of pairs of such a bound and a count."""
    rank = max(math.ceil(percent / 100 * sum(count for _, count in histogram)), 1)
    seen = 0
    for upper, count in sorted(histogram):
        seen += count
        if seen >= rank:
            return upper
    raise ValueError("There is no percentile of nothing.")


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def short(value: float) -> str:
    """Three digits are more than a noisy machine knows, but what was counted is known."""
    if isinstance(value, int):
        return f"{value:,}"
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    digits = 1 if abs(value) >= 10 else 2
    return f"{round(value, digits) + 0.0:.{digits}f}"  # and no -0.00


def spread(values: Sequence[float], unit: str = "") -> str:
    """`12 ms (11..15)`: the median, and the least and the most when they differ."""
    text = short(median(values)) + (f" {unit}" if unit else "")
    if len(values) > 1 and short(min(values)) != short(max(values)):
        text += f" ({short(min(values))}..{short(max(values))})"
    return text
