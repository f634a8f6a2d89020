"""How the last of N polls, and the CPU for a delivery, grow with N."""

from pathlib import Path

from .measures import fanout
from .systems import SYSTEMS

COLOURS = {
    "chat": "#1b6ac9",
    "floor": "#2f8f4e",
    "nchan": "#c2571a",
    "constant": "#666666",
    "blocking": "#7b3fa0",
}


def draw(entries: dict[str, dict], path: Path) -> None:
    """Nothing but what is in the results; the same results make the same file."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "chat"
    from matplotlib import pyplot

    figure, (times, cpu) = pyplot.subplots(1, 2, figsize=(10, 4))
    for name in SYSTEMS:
        line = {"label": SYSTEMS[name].title, "color": COLOURS[name], "marker": "o"}
        plot_points(times, entries, lambda entry: fanout.value(entry, name, "last_ms"), line)
        plot_points(cpu, entries, lambda entry: fanout.cpu_value(entry, name), line)
    finish(times, "until the last of N polls has the message, ms")
    finish(cpu, "CPU of nginx and worker for a delivery, us")
    cpu.set_yscale("linear")
    cpu.set_ylim(bottom=0)
    times.legend()
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def plot_points(axes, entries: dict[str, dict], value, line: dict) -> None:
    points = sorted((int(polls), value(entry)) for polls, entry in entries.items())
    points = [(polls, found) for polls, found in points if found is not None]
    if points:
        axes.plot(*zip(*points), **line)


def finish(axes, title: str) -> None:
    axes.set_title(title, fontsize=10)
    axes.set_xlabel("N")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.grid(alpha=0.3)
