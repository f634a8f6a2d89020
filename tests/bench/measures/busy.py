"""A busy chat: many rooms, many messages, everybody reads along."""

from ..generator import Generator
from ..numbers import percentile_of_histogram, short
from ..processes import cpu_by_role, used_since
from ..runs import progress, running
from ..settings import Settings
from ..system import BODY_BYTES, Scale, System
from ..tables import table

POLLS = 10_000
POLLS_PER_ROOM = 100
POSTS_PER_S = 200
PARKED_S = 120
SLACK_S = 90  # for what is still under way at the end
HEADS = ("delivery p50", "p99", "longest", "CPU of nginx", "worker", "PostgreSQL")


def measure(settings: Settings) -> dict:
    polls = min(settings.polls, POLLS)
    with running("chat", settings, Scale(polls)) as chat:
        found = observe(chat, polls, settings.duration_s)
    progress(f"busy   {polls:,} polls  p50 {found['p50_ms']:.1f} ms  p99 {found['p99_ms']:.1f} ms")
    return found


def observe(chat: System, polls: int, seconds: int) -> dict:
    rooms = max(polls // POLLS_PER_ROOM, 1)
    options = {"clients": polls, "rooms": rooms, "rate": POSTS_PER_S, "bytes": BODY_BYTES}
    generator = Generator("busy", chat, seconds=seconds, ramp=512, poll_timeout_s=55, **options)
    try:
        generator.event(PARKED_S)
        before = cpu_by_role(chat.pids())
        generator.tell("go")
        result = generator.event(seconds + SLACK_S)
        used = used_since(before, chat.pids())
    finally:
        generator.close()
    histogram = result["histogram"]
    wrong = ("lost", "doubled", "out_of_order", "failed", "unfinished", "late_posts")
    return {
        "polls": polls,
        "rooms": rooms,
        "seconds": seconds,
        "posts": result["posts"],
        "deliveries": result["deliveries"],
        "p50_ms": percentile_of_histogram(histogram, 50) / 1e3,
        "p99_ms": percentile_of_histogram(histogram, 99) / 1e3,
        "max_ms": result["max_us"] / 1e3,
        "cpu_share": {role: ns / 1e9 / seconds for role, ns in used.items()},
        "wrong": {name: result[name] for name in wrong},
    }


def section(entry: dict) -> str:
    cpu = [f"{100 * entry['cpu_share'][role]:.0f} %" for role in ("nginx", "worker", "postgres")]
    times = [f"{short(entry[name])} ms" for name in ("p50_ms", "p99_ms", "max_ms")]
    wrong = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in entry["wrong"].items())
    return "\n".join(
        [
            "## A busy chat",
            "",
            f"{entry['polls']:,} polls in {entry['rooms']} rooms and {POSTS_PER_S} posts a second",
            f"for {entry['seconds']} s: {entry['posts']:,} messages, {entry['deliveries']:,}",
            "deliveries. CPU in percent of one core.",
            "",
            *table(HEADS, [[*times, *cpu]]),
            "",
            f"What went wrong: {wrong}.",
        ]
    )
